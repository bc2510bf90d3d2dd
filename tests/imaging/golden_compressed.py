"""Tiny DICOM films in every compression and with every display table, with the digests that they must keep."""

from __future__ import annotations

# name: (the file, deflated, in base64; the digest of its decoded pixels).
TABLE = {
    "jpeg_extended_12.dcm": (
        "eNpjYBhY4OLp7MsEpEN9WBgagDQTAyODvxOIBgJGJiAd6inFYKhnpGdhYqBnaGBgYKFnqmeoZwLEQAiUZwaqYAOrMAbyBIA8MTT1IJ6JnqkhE4MQ"
        "XK0JUK0wQ7AHH0NAJNAN/r4KxnoGekYKHAxiBGzkYJBAspGDIYHBOZiJwTlIgYEXLm7KoMDAB+eZMWiA/BEM8psGAwtQPQ+Dr7+fv7NHkL+vq5GC"
        "BsjVQFkuoKwgmMUDZDEwglgCQBYjI0yMCcziBrKYwSwGIEtAEWS/geGDegFwyP0Hgn//GR6wQEMYxG5jBIrf+P+AQcDLzdMNaCDQdAaQ2G0GZ6Ch"
        "IAAimUCAhRlEsrKwMLOwsbKxgTE7JwcQs7OxcXBzcHKBAJDFw83FA+L8P8jAzQN0PA8joyDD/yMMomDzkQEPL1BYW4CBgZmNlZmFGSbMxMzKyAI0"
        "V5hDUEhEjJtXlEtSNVnLxf3/LQYOkBH2DFbnPc23zAm65RB0K/Kf8SZWpxQND3H/Jx0TvW79unVLoa5xXtOPaZ/yr2Sq7a67Md9OUvbe7LqLc106"
        "qiYH/WP8xn9oj+bRr0veWdwx23hirYh3zb73nXp37mSdd70ebaWT255d99fz8OLDLlZ6B0o8DtuzL7ETv7gzT/S5u9bHIDaZ8s9miluqpXfn+dy5"
        "va+ue9aWOGOdrd0mopf/Tbyy+PBZpYJEHg+u5MRXbL6hh5OyZi0qkVedMJmjpk5q1ULnKpPt6QEsh1siVRqXcfYKOwVIXHsiZjj///+b//7ffQDy"
        "OwAftLYY",
        "fa624c362b55ce07de30816d8dd7302051fcad10a68536bf257611a6c68234a9",
    ),
    "jpeg_lossless_12.dcm": (
        "eNrFUM1OwkAQnm2bWqSQIgkSTz0RwmFToBXOVgkYaw2Eg7f6BD6BSsJjcOERfAN/Dz6ABzQxcjZ45UJk/bYK/lw8Opvd+b6Zb2dml+h/bbvlBwp8"
        "d0+jHrxCjMIt6WFMge+2NqjMK7zuOrzsOE6de7zMXWws5FUo9FhRBbPAcr/0krncqym0ttS60Gap00zTwSFmCAO7yh1esQ3K/dHRoPy3jgZF5HcU"
        "8ts2pZZxj2xKL9kmFeU7OvJtRdKgNykI90O/2Q6DnYpdlFMju4psJkYmEDGJLCDGFjElRkkgNUZE4zMr/i8Bmwsaa5//KvEdvBiJMVm7jVYDZVAT"
        "i8QNJS10MxnLkLildaRk8sv0xIolHslAFAVf/YN7L7U4Sqpu5p2j2siJrofYx+fRVV/Png4Rm2jPIImLqKTiKLz1BpN8MGO1FxWCy2CKi4Op8uNW"
        "HIy5rCZjJ33dlE0Ks49GAo97mIunsZzsHQT/et4=",
        "3d0be10d5e9cd9717cbeba2917823c23f30493922f3fc8bee7be869f83727d56",
    ),
    "jpeg_lossless_signed.dcm": (
        "eNrFkc8vA1EQx+dtu+3Sqi1RP4Ksk8bh2bZbeqNdREVt01bCSY/C1YlDf4T0z2jd9uDQo5MQ3B1EEJK9adxFQuKZt2QrLo7m5WU+s/PdmXnvAfyv"
        "zaX1jIB+ddkNZfQCEDBS3KMRAf1qeggiNEoTmkojqqomaJxGqIYbF+ZdqPDYihhGMkahX3oeaXRaFaDH0Wqo7YX8YgCy6ziDkVFiVKVRRYLQHx0l"
        "GPjRUYIi6HkB9JwCXc73OCgQcKIpCPNz5PnZwuBGvR8yxoqhL+aMzHxUCfOpMduJ2aBNfiQgnGQk4pBgUzeSi3zVs0qyfV8M7YOB5f6+V84P6Nkt"
        "s0BeWkgvYBmsiQvYOfhk7OYnJAjsAgYxxa39KpK3wyN2s3uQiP3Hu3WZOsyahYm+zgOEa7dAoDyriC0EYvrE6ulJc63/xidWStnhgLRXHbVqx8Py"
        "q6exuc9gbvxtbKbe+qKKOVqq8/307MXtaWzXklc7I97klQ1DlXYbsxC328gS2eWwJZwVm5NHIfGlelbcYHcf7NHi034CWIqCHg==",
        "3d0be10d5e9cd9717cbeba2917823c23f30493922f3fc8bee7be869f83727d56",
    ),
    "jpeg_lossless_rgb.dcm": (
        "eNpjYBhY4OLp7MsEpEN9WBgagDQTAyODvxOIBgJGJiAd6inFYKhnpGdhYqBnaGBgYKFnqmeoZwLEQAiUZwaqYAOrMAbyBIA8MTT1IJ6JnrkBE4MQ"
        "XK0JUK0wQ7AHH0NAJNAN/r4KxnoGekYKHAxiBGzkYJBAspGDIYHBOZiJwTlIgYEXLm7KoMDAB+eZMWiA/BEMcqsGAwtQPQtDkLuTggYDG1iUASgq"
        "AGZxAVmCYBYPkMXACGJxAFmMcBYTmMUOZDEzQvQ+qBcAh9h/IPj3n+EBCzRkQWwXRqD4jf+HGQQ5gGbzMAMNZxRkYBJk+H+EQQpoKhjA44KZhZWJ"
        "kYPh/y2QSmA8gOKC4ed/huf/GeZfFQwVRUbCwd5O7VmyK8oX3uqSa89YPA3EWfii7MqlC+tmaa+a9WpZ5PJ1q7JXzUybt2sFhDEfqOW19q5bB9he"
        "5zBKr1nDsm7bbiCZt+2sry6v9Fvjx+5Oj40v7nv8uNnOJH/Lj8duv3vOB3s7A9F5m8/nTU22AEkgss/KzKh8Pq/y2bJpbUC0b9n02NLrcV+vx1a/"
        "BzJis1+9LIWwVy5dsKJrBQqaNStKxDrgrfNevisBX6xdZbYAOa78ztuWTWstuRgbcj3U6KxtaXBsyGmTr1ddIYz/wIC9+e//3QegEAIAEKPJCg==",
        "9785b63c3b9e3245bcadca78a1a175d5fca6e682f59de66749374e5fd3039b61",
    ),
    "jpeg_ls_12.dcm": (
        "eNpjYBhY4OLp7MsEpEN9WBgagDQTAyODvxOIBgJGJiAd6inFYKhnpGdhYqBnaGBgYKFnqmeoZwLEQAiUZwaqYAOrMAbyBIA8MTT1IJ6JnoUBE4MQ"
        "XK0JUK0wQ7AHH0NAJNAN/r4KxnoGekYKHAxiBGzkYJBAspGDIYHBOZiJwTlIgYEXLm7KoMDAB+eZMWiA/BEM8psGAwtQPQ+Dr7+fv7NHkL+vq5GC"
        "BsjVQFkuoKwgmMUDZDEwglgCQBYjI0yMCcziBrKYwSwGhgf1AuDw+g8E//4zPGCBhiuIfQxI/7/x/zsDtwDQbB5GRkGG/z8YeBn//wcGhDOjCIPD"
        "/1sMHIyMIPVL/syfvOUOEN819n5aVMXU4P/60699+mnr3375GcDLsELzVNLqCK0/CcEiS5UWPH82c8kc6d+/81OPTVw0+/Z/eQ6WH/uWL/1o43X+"
        "680q/5ev7Y9xuB5Q4tgvPoUnrsP8X8Ptj3UGzjf2iycz3e7eWKWQ/qJRQ5Vl3nLNlY78S74aaggfL95643WplV+998JzByZvipiqyn027tpTlYVq"
        "nsYf/v+/+e//3QcgVwIA7OCaKA==",
        "3d0be10d5e9cd9717cbeba2917823c23f30493922f3fc8bee7be869f83727d56",
    ),
    "jpeg_ls_near_8.dcm": (
        "eNrFkM9Kw0AQxr/dRl00lrRCkXqJoBAQliRNJWcTIQHTlJYc9OShz6HFoyhIQfHgRW+K7yD0DTz5B4S8hbfG2SBBvHh0luX7zc7Hzu4A/xthHCSc"
        "NNvTMCblYEh3lFIwTprFbTjSlb5nS8e2bV92pSM92rSoXiPHfOnoUGZQ1vrlV5knfYejWXk98q5gGNXR36c3pInZkbZ0TYHWHx0FVn90FDhEMOQI"
        "BiaWq/MuTNSrbBuW+sdQ/c2CRn4dSdpLg2iQJruuaalXU3WRqo2SdCIwRYKIVcRLWiCqlQQiY131t5382CgnV1DMCuTa94QV90iL1+ITS4K66Iw1"
        "ULxDMKbm/DQ7EpPoPBaT0fPGqGneT8M1Vzs5Daft8QO/vcDl5lz/6iB73Hq5C6/FTXRWvNGtH7m6/Qs7cFgc",
        "3bb50288198bf3eda8894d291b1eeccdebab828bdf04fe8f000ba88b81e757e8",
    ),
    "jpeg_2000_lossless_12.dcm": (
        "eNrFUk9IFFEc/r3ZZZvWbZ3NlCjIF8WyFo1vnrOLFpg1Y2rtOuv+gSIxq91DBSpqkZCkErRhB0MPkgZlQaeC6NhBoUsUEQRBBS17ssgOYYeizOn3"
        "BlusS8fezOP7fu99fN/w+w3A/11mixGTENNRNwwhSkDA2i8QF5EQ0y2bQFO5WqszVWOM1aphVVN13PjgvQsVHkdRg5WCVcVfelHpah2TYH1Rq6O2"
        "DJLNfogfwW+wYrRGZSqnMlT8I1GGjasSZaBg7pOBMx7RNM5lYJCK+YFzXqeH1UiE8bowusYxC1DdCUZSAiMhwxjEWwG/V1lBClFLIEM/gQ2oBMzK"
        "BMykG7R2jVJYV0wOo95frCJYKU4ChQC0JAWWORgSHUyKrobAjY4+iFmtltGcsGKNnIZEv/DWi7cBh/mQARFMQUbI7zPJYSXIXA4TzgnFRMbQJekw"
        "DVlKiVoisXBRceZo41q2oSDGKTBI8Myy26DKGb8Pt3fV7/BnTUoJsRPOIQHJ7QZit4O3YSiXG8PXzsAOIEZv9nh/NkNPDNAm04hVWz3ZroPxxiZ6"
        "Ltvbd6q7i+KUVGaPrdg+QI/xF0vMlD9dmaILlwuXume22engzuG5yskMDN78TL65ofzptde7j+Y7NwzAM1/u3uhz2XJN1G/etfDh61zp3AgsPSms"
        "meey3Xjgy/Tkrdtb7rzs8pw+s9i5p781f3feDhsjh6/+2Fv9avDh+wupn4/1mcj47NbhDq2yba337Ueen9re8ehk1f0bo+WL3+vPTpg+V1C/Hj3U"
        "VzIdON+X8BzrmbXfLNvvnK79AsqPuME=",
        "3d0be10d5e9cd9717cbeba2917823c23f30493922f3fc8bee7be869f83727d56",
    ),
    "jpeg_2000_8.dcm": (
        "eNrFUkFrE0EU/mazmqXGsLFYtHiYYxQZZ6abmN60uyWNZDvrbosIBW1NDr20EkXwpCe9FvoHvOkfEDxaBAse7cmD0N/gD+j4ZiihevHoDMP3vZ1v"
        "3/d4b4D/u7JBmgeE68MQrwkDMJglh7RYQLg+mIcSWvQSKZSUsic6QomEDm26r5HivFcsUBRTNPeX3kWJWFQBLk21CWlnUa00UTykGkzOF4QUmkeY"
        "+4djhCtnHCNwZHcjaKm7SmkdQWItb0JrvZh0RLerb6seZS3IC6R+jLQKkJYR9lCsguqNT5FjaBxKyufwDilBXqNWVoVQG4pzXJw6d0jfnEZdimLv"
        "wNHCoHI467HtOli5rrYRUsYGcrNq0pXS5Muat12/6HaGblueNYiBORYRY1MWeFYnVvPMZS7jjJikLJVnithaPDTO8fhV7OdoaZ1YHLtxOvxAaI29"
        "j+t+/A06M2eew58xqzNmS/+RIQhD+nUDraVHZXGOdv/BEe0tO8INsHQy3nw+HvGtl7yfpfkt83S8c69Y7vMX48mz7d0dTsMS0u6dZr8JZvcPv16r"
        "Tz5d/fj218HB5y+4/O19bfPw3RPMv7lw9H3f/jixP33dvwGo1Xxq",
        "613d3f8807e4eef7264e3d37e8dcb9661b6c6a9b454939f1c55e39362c2e6fbe",
    ),
    "run_lengths_12.dcm": (
        "eNrFkUtupDAQhstgwE0BQx6Koqy87BVyv6IsUXoiJVI6tNLqxew4AieY8RE4AkfgCH0ELjASR2A/gk6ZJK3RbEaazVTZqu93lWyXDfB/7evTemNR"
        "3D9z+E7RAgbZvYlkzKK4f7qBWTJP7pYqmSml7pJVMkuWNMkpb1OFO1YsSMWkLv+oN2pFufNT5ZLUBeweI9h+oxtkG7lIVDKXAq7+cp6A69/OE5DD"
        "emfB+lVCeFpfgYTopG5harrYmc6mwKk+gE32kq0fX7PNw1xOzZ0p61P2bKSACJihmIixzzVrJCSyRwJof8Tjax3JhiO0/ONVDc/Z+yumNOt//J0e"
        "BjZYRxsZsyzb5jS4I0biDncGl9m8dxzXcT1PcBPdwbOFmAgg6MUwAZ954tekRyDR+wNCgL6PGAQhjTBCwjAIozCKvkTU27bq0rJVupEFpofRi44c"
        "tWrLrtrWeXyQeKh03Om8a+pUIsRNW9WFSgkw1UVelbqoq7JB3cVqW5S1THONhzivP7dH0KOrmhzT930L2eh2OP5sTedvTBaFEw==",
        "3d0be10d5e9cd9717cbeba2917823c23f30493922f3fc8bee7be869f83727d56",
    ),
    "run_lengths_ybr.dcm": (
        "eNrFkctrE3EQx+e32data0uMolI8xEMhXtYkTWx6EW2iNJKatiGUiKKiHhRbm/f7nc1js4mHHoQiokiQeqnQi+1FfB28qFcFIQf/iuL+1tlVgngR"
        "T85vZ+fz3Znfzm9nAf6vebzuOQZj0MdCASMDBPwzWkQjDMagdxxsgl1wOayCzWq1ugSnYBMc6Lgwb8CKYb1iEpUR1cE/6jXlxJxpUOlAdQACs2Mw"
        "H8IT+OfMk4JVsJs5OPSXfhwc+a0fB1fBHWDAvWiG0cFzJ5hhbKBOgkX7ioB2UguwWM9BaGbxyrmgz2eBYT0DmDHqtBdpv077kIBoxCGRATE67UEy"
        "kJ97+0WjPjMVjarQZ3/NVuN1AtgX4DT6a3Q7+fd/xAM7Mmo6fNQ8cVyw86bxY5YTU6fs02dm5/kJweWe9lw46w9dv8hPeRbOLy1cXroRvp3kvaHg"
        "zWvh5VvpuFjmL60s3ykW8rluR37Ir1TFRkuSu096Tzf4sih11+4/eNR7trnFr60/3nj+4uXWzqv3n/je5vabnbcf3n38/O0LKZVokRZoHnI8vief"
        "y2XxymY4nbKZbIamSS6rZIbSmXQqlWSzGNM0RZJJNQEISpImIAap3YQSA2QapzE1OhKPx2LRaCQaiahhEosqkaFwJLx6dxVKSlmp0CpTrmj3WrVG"
        "RbZSrYk1RaR1qFKR1BGYRqMJolKnDdJsqi1AUJq0BRI0dltEktQ2NJWWIjHttmxoSVL7u0w7rCTLHVnpMN17Xap+7WsT/gEGEuCe",
        "9785b63c3b9e3245bcadca78a1a175d5fca6e682f59de66749374e5fd3039b61",
    ),
    "deflated_12.dcm": (
        "eNpjYBhY4OLp7MsEpEN9WBgagDQTAyODvxOIBgJGJiAd6inFYKhnpGdhYqBnaGBgYKFnqmeoZwLEQAiUZwaqYAOrMAbyBIA8MTT1IJ6hnqUlE4MQ"
        "XK0JUK0wQ7AHH0NAJNAN/r4KxnoGekYKtl0Hc5sNRNrm5+bwmE2JW7VKXb7YyW9WiGVUl9bWdpEpWq+mCu5xtGVSNoCgJvcX3EGP1b3vf/+/v0V9"
        "R92+A9vuXT2+d+32a7eSa1ds/ypnL+dRcaw1Qnx9huycfZpz9Ni6qusYmJ/evZfALLJuh5IH5zvTObPXP/tSmHnuvfXmxqzc4hz58EseDnkhioKf"
        "5l+cKiIUzZnwc+2Cn4wdBdW6PB59X1IUp7FZBR+2KU5R6vO7srFz55HNJ2qEhM8zb81JrBW6OWFLjY9VXKenhOFC9riPJ5jfuzzZLBE8XYrzxvka"
        "QeZd/rmvVE5ozV4qzLjXm/3maYW9MpsVX2+25M88ci8t99nF42c0lluJXmnJbOernM1feWbuq6uL1rTZPGmwfbFg4YaqK9skuKOtRK8uuJ10JTZw"
        "6j6DpzFt7Uv/MDMAAKp3pdk=",
        "3d0be10d5e9cd9717cbeba2917823c23f30493922f3fc8bee7be869f83727d56",
    ),
    "palette.dcm": (
        "eNpjYBhY4OLp7MsEpEN9WBjqgDQTAyODvxOIBgJGJiAd6inFYKhnpGdhYqBnaGBgYKFnqmeoZwLEQAiUZwaqYAOrMAbyBIA8ETT1IB5IpRBcpQmQ"
        "J8wQ7MHHEBAJdIG/r4KxnoGekQIHgxgB+zgYJJDs42BIYHAOZmJwDlJg4IWLmzIoMPDBeWYMGiBfBIN8psHAAlQPtNXRxzUkxFXB2d/HP0hBA+Rq"
        "oDwXUF4QzOIBshgYQSwOIIsRzmICs9iBLGYwiwEkKxgazAZUzQA0BagChceMwmMU8g9ngAUtIxMTMzMLCysrGxs7OwcHJycXFzc3Dw8vLx8fP7+A"
        "gKCgkJCwsIiIqKiYmLi4hISkpJSUtLSMjKysnJy8vIKCoqKSkrKyioqqqpqaurqGhqamlpa2to6Orq6enr6+gYGhoZGRsbGJiampmZm5uYWFpaWV"
        "lbW1jY2trZ2dvb2Dg6Ojk5Ozs4uLq6ubm7u7h4enp5eXt7ePj6+vn5+/f0BAYGBQUHBwSEhoaFhYeHhERGRkVFR0dExMbGxcXHx8QkJiYlJScnJK"
        "SmpqWlp6ekZGZmZWVnZ2Tk5ubl5efn5BQWFhUVFxcUlJaWlZWXl5RUVlZVVVdXVNTW1tXV19fUNDY2NTU3NzS0tra1tbe3tHR2dnV1d3d09Pb29f"
        "X3//hAkTJ06aNHnylClTp06bNn36jBkzZ86aNXv2nDlz586bN3/+ggULFy5atHjxkiVLly5btnz5ihUrV65atXr1mjVr165bt379hg0bN27atHnz"
        "li1bt27btn37jh07d+7atXv3nj179+7bt3//gQMHDx46dPjwkSNHjx47dvz4iRMnT546dfr0mTNnz547d/78hQsXL166dPnylStXr167dv36jRs3"
        "b966dfv2nTt37967d//+gwcPHz569PjxkydPnz579vz5ixcvX7569fr1mzdv37579/79hw8fP3769Pnzly9fv3779v37jx8/f/769fv3nz9///77"
        "9/8/MJ2MpoXRtABNC8yjaWE0LYDTwoN6AXDtWwFKCqxc/CKScsoaukbmIjIqOiY2Lub27v7hGsZ2nvZeod5hiTlJNl4RgfERafG51SVNAYmxeVnV"
        "5cUtDRN7UyrKy7o6O9pnz5q5tqJ/4uSp02fO3rRl246eidNmL1i6av2WnfsOL1ixYceBExcOn758+/GW/aeunr728Pqjtz/eAQAn22q6",
        "94f2f62a412d732feeb11f12f585480c24c7445ae1176948a2e39b66bec77b89",
    ),
    "voi_table.dcm": (
        "eNrF2nWQFMmaAPCudK0adHEG92HQxRncYbDFYZDFZXBddnB3WNzd3RZ3d3df3H2RvY+KuQl237t4F/fP5S868vsqM7KqI7pTojsQ+P8txcsUq4Cg"
        "rl6eBHpDjQJOoFLRbzUUB0FdvUyiQLaQ7CF5coaGZAsNDc0TkiskW0hOeAFox9CD+T1yQBYEWdx/9P+WfesZO6ZnTsjiBKqWdgPhteAJKlUIzhES"
        "GpI9WATi/4f7iUCC7+4nAhGBYlVRoFiV4ICNuZ4rEBxwY7LcgfTf3kXVb+8sfYBAfxOoUKlipWKlq1SqUCJ7cPpvzwytClpj+ZGBKOB8i4Igcpz/"
        "vob8SEOE/SgAUZWg4lVJIDQkFMap6sfZ/DgotGrlQCBlcCDw9a/AzUTB3/qi0OpVWQAG9cdloZVqwBDBgf/34vyfoP8l/B+R/4D+j9j/iP9b4t+S"
        "/5b6N/S/MP/C/gv3H7x/CPqHWP8Q+2/i/EPcv4n3N/G/88PfJPhOwr9J9J3E30nynaTfSfad5DGCv5PiOyljpIqR+jtpYqSNkS5G+hgZYmSMkSlG"
        "5hhZYoREyxojNFq2GNmj5YiRM1quGLmj/RgtT4y80fJFyx+tQLSC0QpFKxwtLFqRaEWjFYtWPFqJaCWjlfKVjlYmWtlo5Xzlo1WIVtFXKVq4r3K0"
        "Kr6q0ar5qkf7yVcjWk1frWi1fXV8daPV89X3NfBFRGvoa+Rr7GsS7WdfU18zX3NfC19LX6torX1tfG197XyRvva+Dr6Ovk6+zr4uvq6gm6+7r4ev"
        "p6+X7xdfb9+vIMrXx9fX18/XHwzwDfQN8g32DQFDfcN8w8EI30jfKDDaN8Y3FozzjfdNAL/5JoJJvsm+KWCqbxqY7psBZvpmgdm+OWCubx6Y71sA"
        "FvoWgcW+JWCpbxlY7lsBVoJVvtVgjW8tWAfW+zaAjb5NYDP43bcFbAXbfNvBDrDTtwvsBnvAXt8+sB8cAAd9h8BhcAQc9R0Dx8EJcNJ3CpwGZ8BZ"
        "cM53HlwAF8ElcBlc8V0F18B1cAPcBLd8t8EdcBfcA3+A++ABeAgegce+J+ApeAaegxfgJXgFXoM34C14B96DD+Aj+BN8Ap/BF/AV/AW+LaffCgIY"
        "EEABAxwIIIECGhhggQs8EARigdggDogL4jnxwQ8gAUgIEoHEIAlICpKB5E4wSAFSglQgNUgD0oJ0TnqQAWQEmUBmkAWEOFlBKMgGsoMcIKeTC+QG"
        "P4I8IK+TD+QHBUBBUMgpDMJAEVAUFHOKgxKgJCjllAZlQFlQzikPKoCKoJITDiqDKqCqUw1UBz+BGk5NUAvUBnWcuqAeqO80ABGgIWjkNAZNwM9O"
        "U9AMNHdagJagldMatAFtnXYgErR3OoCOoJPTGXQBXZ1uoDvo4fQEvcAvTm/wqxMF+oC+Tj/QHwxwBoJBzmAwBAx1hoHhYIQzEoxyRoMxYKwzDox3"
        "JoDfnIlgEpjsTAFTnWlgOpjhzASznNlgjjMXzAPznQVgobMILHaWgKXOMrDcWQFWglXOarDGWQvWOevBBmcj2ORsBr87W8BWZxvY7uwAO51dYLez"
        "B+x19oH9zgFw0DkEDjtHwFHnGDjunAAnnVPgtHMGnHXOgfPOBXDRuQQuO1fAVecauO7ccG6CW85tcMe5C+45f4D7zgPw0HnkPAZPnKfgmfMcvHBe"
        "glfOa+cNeOu8A++dD+Cj86fzCXx2voCvzl/+1tRB3wpGBFDEEAcCSaCQRgZY5AIPBaFYIDaKg+KCeCg++AElQAlBIpQYJEFJUTKQHAWjFCAlSgVS"
        "ozQoLUiH0qMMICPKhDKDLCgEZQWhKBvIjnKgnCAXyo1+BHlQXpQP5EcFUEFQCBVGYaAIKoqKgeKoBCoJSqHSqAwoi8qh8qACqogqoXBQGVVBVUE1"
        "VB39BGqgmqgWqI3qoLqoHqiPGqAI0BA1Qo1BE/QzaoqageaoBWoJWqHWqA1qC9qhSNQedEAdUSfUGXRBXVE30B31QD1RL/AL6o1+RVGgD+qL+qH+"
        "YAAaiAahwWAIGoqGoeFgBBqJRqHRYAwai8ah8WAC+g1NRJPAZDQFTUXTwHQ0A81Es8BsNAfNRfPAfLQALUSL0GKwBC1Fy9BysAKtRKvQarQGrEXr"
        "0Hq0AWxEm9Bm9DvaAraibWg72oF2gl1oN9qD9qJ9YD86gA6iQ+gwOIKOomPoODoBTqJT6DQ6g86Cc+g8uoAuokvoMriCrqJr6Dq6AW6iW+g2uoPu"
        "onvgD3QfPUAP0SP0GDxBT9Ez9By9QC/BK/QavUFv0Tv0HnxAH9Gf6BP6jL6Ar+gvOP44GOFvhWCKGeZYYIkV0Nhgi13s4SAcC8TGcXBcHA/Hxz/g"
        "BCAhToQT4yQ4KU6Gk+NgkAKnxKlwapwGp8XpcHqQAWfEmXBmnAWH4Kw4FGTD2XEOnBPnwrnxjzgPyIvz4fy4AC6IC+HCOAwXAUVxMVwcl8AlcSlc"
        "GpfBZXE5UB5XwBVxJRyOK+MquCquhquDn3ANXBPXwrVxHVwX18P1cQMcARriRrgxboJ/xk1xM9wct8AtcSvcGrTBbXE7HInb4w64I+6EO+MuuCvu"
        "hruDHrgn7oV/wb3xrzgK98F9cT/cHw/AA/EgMBgPwUPxMDwcj8Aj8Sg8Go/BY/E4PB5PwL/hiXgSmIyn4Kl4Gp6OZ+CZeBaejefguXgeno8X4IV4"
        "EV6Ml+CleBlYjlfglXgVXo3X4LV4HV6PN+CNeBPejH/HW/BWvA1vxzvwTrwL78Z78F68D+/HB/BBfAgcxkfwUXwMH8cn8El8Cp/GZ/BZfA6fxxfw"
        "RXwJX8ZX8FV8DV/HN/BNfAvfxnfwXXwP/4Hv4wf4IX6EH+Mn+Cl+hp/jF/glfoVf4zf4LX6H3+MP+CP+E3/Cn/EX/BX/BQdgB6YpTAihhBFOBJFE"
        "EU0MscQlHgkisUhsEofEJfFIfPIDSUASkkQkMUlCkpJkJDkJJilISpKKpCZpSFqSjqQnGUhGkolkJllICMlKQkk2kp3kIDlJLpKb5CF5ST6SnxQg"
        "BUkhUpiEkSKkKClGipMSpCQpRUqTMqQsKUfKkwqkIqlEwkllUoVUJdVIdVKD1CS1SG1Sh9Ql9Uh90oBEkIakEWlMmpCfSVPSjDQnLUhL0oq0IW1J"
        "OxJJ2pMOpCPpRDqTLqQr6Ua6kx6kJ+lFfiG9SRTpQ/qSfqQ/GUAGkkFkMBlChpJhZDgZQUaS0WQMGUvGkfFkAvmNTCSTyGQyhUwl08h0MpPMIrPJ"
        "HDKXzCPzyQKykCwii8kSspQsJyvISrKKrCZryFqyjqwnG8hGson8TraQrWQb2U52kJ1kF9lN9pC9ZD85QA6SQ+QwOUKOkmPkODlBTpLT5Aw5S86R"
        "8+QCuUgukcvkCrlGrpMb5Ca5RW6TO+QuuUfukwfkIXlEHpMn5Cl5Rp6Tl+QVeU3ekLfkHXlPPpCP5BP5TL6Qr+QvEoANHaKYUsoop4JKqqimhrrU"
        "o0E0Fo1N49C4NB79gSagCWkimpgmoUlpMhpMU9CUNBVNTdPQtDQ9zUAz0kw0M81CQ2gozUaz0xw0J81Fc9M8NC/NR/PTArQgLUTDaBFalBajxWkJ"
        "WpKWpmVoWVqOlqcVaEUaTivTKrQqrUar0xq0Jq1Fa9M6tC6tRxvQCNqQNqKNaRPalDajzWkL2pK2om1oW9qORtL2tAPtRDvTLrQr7Ua70560F/2F"
        "9qa/0ijal/aj/ekAOpAOokPoUDqMDqcj6Cg6mo6hY+k4Op7+RifSSXQynUKn0el0Bp1JZ9HZdC6dR+fTBXQhXUyX0KV0GV1OV9JVdDVdQ9fS9XQD"
        "3Ug30c10C91Kt9HtdAfdRXfTPXQv3UcP0IP0ED1Mj9Bj9Dg9QU/SU/QMPUvP0fP0Ar1EL9Mr9Cq9Rm/Qm/QWvU3v0Hv0D3qfPqCP6GP6hD6lz+gL"
        "+pK+oq/pW/qOvqcf6Ef6iX6mX+hXGoANOGKYEcYYZ4JJpplhlrksiMVisVkcFpfFZz+wBCwhS8ySsKQsGQtmKVhKloqlYWlZOpaeZWCZWGaWhYWw"
        "UJaNZWc5WC6Wm/3I8rB8LD8rwAqywiyMFWFFWXFWgpVkpVgZVpaVY+VZRVaJhbPKrCqrxqqzn1hNVovVZnVZPVafNWANWSPWmDVhTVkz1py1YK1Y"
        "a9aGtWWRrD3rwDqxzqwL68q6sx6sJ+vFerNfWRTry/qx/mwAG8QGsyFsGBvORrCRbDQbw8aycWwC+41NZJPZFDaVTWMz2Ew2i81hc9k8Np8tZIvY"
        "YraULWPL2Uq2iq1ma9g6tp5tYJvYZvY728K2se1sB9vFdrM9bB/bzw6wg+wwO8KOsuPsBDvJTrMz7Cw7zy6wi+wSu8KusmvsBrvJbrE77C67x+6z"
        "B+whe8yesKfsGXvBXrJX7A17y96xD+wj+5N9Zl/YVxaA4xDihFPOuOCSK2645S4P4rF4bB6Xx+PxeQKekCfiSXhSnowH8xQ8JU/N0/C0PD3PwDPy"
        "zDwLD+GhPBvPznPyXDw3z8Pz8ny8AC/IC/EwXoQX5cV5CV6Sl+ZleFlenlfglXg4r8yr8mq8Oq/Ba/JavA6vy+vxBjyCN+SNeRPelDfjzXlL3oq3"
        "5m15Ox7JO/COvDPvwrvy7rwH78l/4b15FO/D+/L+fAAfyAfzIXwoH85H8FF8NB/Dx/HxfAKfyCfxKXwqn8Zn8Jl8Np/D5/L5fAFfyBfzJXwZX85X"
        "8FV8NV/L1/H1fCPfxDfzLXwr38538J18N9/D9/H9/AA/xA/zo/wYP85P8lP8DD/Lz/EL/CK/zK/wq/w6v8Fv8dv8Dr/H/+AP+EP+iD/hT/lz/oK/"
        "5K/5G/6Ov+cf+J/8E//Cv/IAHECRIIIKLoSQQgsjXOGJWCK2iCPiifgigUgoEoskIqlILoJFSpFKpBFpRTqRQWQUmUUWkVWEimwih8gpcosfRV6R"
        "T+QXBUUhESaKiGKiuCghSonSoqwoJyqIiiJcVBZVRDVRXdQQNUVtUUfUE/VFA9FQNBJNxM+imWguWopWorVoK9qJ9qKD6CQ6i66im+gheopeorf4"
        "VfQRfUV/MUAMEoPFUDFMjBAjxSgxRowV48UEMVFMElPEVDFdzBCzxGwxV8wT88VCsUgsEUvFcrFCrBKrxVqxTmwQG8Vm8bvYKraJHWKn2CX2iL1i"
        "vzggDonD4qg4Jk6Ik+K0OCPOifPiorgkroir4rq4IW6J2+KuuCfuiwfikXgsnopn4oV4KV6LN+KdeC8+ij/FZ/FF/CUCcCzBkkomhZRSSyNd6clY"
        "MraMK+PJH2QCmUgmlkllMhksU8hUMrVMK9PJDDKjzCyzyKwyVGaXOWQumVvmkXllfllAFpJhsogsJovLkrKULCPLyvKygqwkw2UVWVVWlz/JmrKW"
        "rCPryvoyQjaUjWUT2VQ2ky1kS9latpHtZKTsIDvJzrKr7CZ7yJ7yF9lbRsk+sp/sLwfKwXKIHCaHy5FylBwjx8rxcoKcKCfLKXKanC5nyllyjpwr"
        "58uFcpFcIpfK5XKFXCVXy7VyvdwgN8nNcovcKrfLHXKX3CP3yv3ygDwkD8uj8pg8IU/J0/KsPCcvyIvysrwqr8kb8qa8Le/Ie/K+fCAfycfyqXwm"
        "X8hX8rV8K9/JD/JP+Ul+kV9lQDmwuaaKKaGk0soqVwWpWCqOiqviqwQqoUqskqhkKlilUKlUapVWpVcZVCaVWYWoUJVN5VA5VW6VR+VV+VUBVUiF"
        "qSKqmCquSqrSqowqp8qriipcVVZVVTX1k6qpaqk6qq6qryJUQ9VYNVFNVXPVQrVSbVRbFanaq46qs+qiuqnuqqf6RfVWUaqv6qcGqIFqsBqqhqkR"
        "apQarcaqcWqCmqgmqSlqmpquZqpZao6ap+arhWqxWqKWqeVqpVqt1qh1aoPaqDarLWqr2q52ql1qj9qr9quD6pA6oo6p4+qkOq3OqHPqgrqoLqsr"
        "6pq6oW6q2+quuqfuq4fqkXqinqnn6qV6rd6od+qD+qg+qS/qqwpoR2NNNdNCK6211Z4O0rF1XB1P/6AT6kQ6iU6mk+sUOpVOrdPq9DqDzqSz6BAd"
        "qrPrHDqX/lHn0fl0AV1IF9ZFdDFdXJfUpXUZXU5X0BV1uK6iq+rquoauqWvrurqebqAb6sa6iW6qm+sWupVuo9vqSN1Bd9SddVfdXffQvXRv/avu"
        "o/vp/nqgHqyH6GF6hB6lR+uxeryeoCfqyXqKnqZn6Fl6tp6r5+sFepFeopfp5XqlXq3X6HV6g96kN+stepvernfq3Xqv3qcP6EP6sD6qj+uT+pQ+"
        "o8/p8/qivqyv6mv6hr6lb+u7+g/9QD/Uj/VT/Vy/0K/0G/1Wv9cf9Sf9WX/VAYMMNtRwI40yxrjGM7FMHBPPxDcJTCKTxCQ1yU0Kk8qkNmlNepPR"
        "ZDJZTFaTzWQ3OU1uk8fkNflNQVPYhJmiprgpaUqZMqacqWAqmnBTxVQz1U0NU8vUMXVNfRNhGpnG5mfTzLQwLU1r09ZEmvamo+lsuprupofpZXqb"
        "KNPH9DMDzCAz2Aw1w81IM9qMMePMBDPRTDJTzDQzw8wys81cM98sNIvMErPMrDCrzGqz1qw3G80m87vZarabnWaX2WP2mQPmoDlsjprj5qQ5Zc6Y"
        "c+aCuWQum6vmurlpbps75p65bx6ax+aJeWZemFfmjXlr3puP5pP5Yr6agEWWWGa5lVZbaz0bZGPbuDa+TWAT2sQ2qU1uU9hUNrVNa9PbjDazzWKz"
        "2mw2h81lc9s8Np8tYAvZMFvEFrMlbClbxpaz5W1FG26r2Gq2uq1ha9k6tp5tYCNsI9vENrXNbUvbyrax7Wx729F2tl1sN9vD9rK9bZTtY/vZAXaQ"
        "HWKH2eF2pB1tx9rx9jc7yU62U+10O9POtnPtPLvALrJL7DK7wq6yq+1au95utJvtFrvVbrc77W671+63B+0he8QesyfsKXvGnrPn7UV72V611+1N"
        "e9vetffsffvQPrZP7XP70r6yb+w7+8H+aT/brzbgOi52qctd6WrXup4b5MZ247rx3QRuIjeJm8xN7qZwU7lp3HRuBjeTm8UNcUPd7G5ON7ebx83n"
        "FnALuYXdIm4xt4Rbyi3jlnMruJXccLeKW839ya3p1nbruvXdCLeh29j92W3mtnBbuW3cdm57t6Pbye3idnN7uL3c3m6U29ft7w50B7tD3GHuCHeU"
        "O8Yd505wJ7qT3anudHeGO8ud485zF7iL3CXuMneFu8pd465117sb3c3uFnebu8Pd5e5x97kH3EPuEfeoe9w96Z52z7rn3YvuZfeqe9296d5277r3"
        "3PvuQ/ex+9R97r50X7tv3ffuR/eT+8X9y3U87BGPecJTnvFcL8iL7cX14nsJvEReEi+ZF+yl9FJ7abx0XgYvk5fFy+pl83J4ubwfvbxefq+gV9gr"
        "4hXzSnilvDJeOa+8V9EL96p41byfvJpeba+uV9+L8Bp5TbymXnOvpdfaa+tFeh28Tl4Xr5vXw+vl9faivD5eP2+AN8gb4g3zRnijvDHeOG+CN9Gb"
        "7E31pnszvdneXG++t9Bb7C31lnsrvdXeWm+9t9Hb7G3xtnk7vF3eHm+fd8A75B3xjnknvFPeGe+cd8G75F3xrnk3vFveHe+ed9976D32nnrPvZfe"
        "a++t99776H3yvnh/eTd/DQp8+y/AC//X+PDALIjCnNHOTScURaGTKBhH4jBnpxOGdqIwvBOHkUj8AkeSFySSRqFQfBOPJi/wLBJOV5EIGsR2wilk"
        "J+RRcLJ8ASezCPaCnmSrYHcbLALQfpLehL39KtilhvIwERBB8qQIY1GQR/BZYrSIEpFiFazho+VJFcVfQHso7BwiIV8lg3WYjtBReidcjYA8AKvh"
        "LPVChcGMfFOHmgCscAFoD8BsFLChMLuEwvco1A2DGXSWCberTIQNciNtMHxWoryb7n8BKVbr5A==",
        "73b1be0cf19897dffaa4a1be24df18ee3b6fb313ad0cbc1e0612c7ea8e7b682e",
    ),
    "modality_table.dcm": (
        "eNrFU2lU1FUUv29fQ1QyJbNJrabSf8MwCBVJOZiAjgNMI1gZYmZlaosmFKVmlkuakakhLbRYZplmZNiiFi0mLZaplS2o7aXtZZv2/vOB0+lLH7vv"
        "vHN/v3t/59733nkX4P+1wuJoDDufHEZhmvMYEMQH+d4Zws4nizMhywt7eZGQlxUKhfK8HC/Li7jtlssTp+ApRbZj6Y5l/EvvM1/ZpUMZcawrJIrS"
        "oHSkO0E8Fsj2Ql44IKHbf/ST0P0f/SSMhmgCQ7Q8AId1xHMgAGkdbAAE/Vsk/JsFgTq9hVh8eDxaVB6PDQ4Hgv6ZXVa7bOcUsg4B8pF0CHUgnELC"
        "IZJC4OtCiTKA3o4cPATtmdiP4VAywV0FcJWDwEPxitTDwo/2M/uefc1utGvtcnuHvdlOs1fYsbbCltjTbcj2sd2ssn+ab80es91sNs+Yx8y95nYz"
        "21xjJprRJmHOMqeYfuZo08Uwc0B/rT/Sb+kX9VN6pb5L36pv0FP1Jfo8HdeDdI4O6iN1mkb6J/W5el+9rjapJ9SDqkHNV9PVlepCVamGqoEqS/VV"
        "Ryit/pLfyb1yh3xVPitXy/vkYjlH1slJslqeLYfIU2V/GZBdJZe/iW/Ex+Jt8ZJoEY+Iu0W9mCVqxHgxSpSKqBggThA9RSeBxc/8C76Lv8Gf5838"
        "Ib6ML+Az+GQ+jo/kw3gBD/NjeXdu+EH2PfuE7WRb2HNsDbufLWFz2bXsMjaGJVkRO4157BiWwQT7ne6j7XQbfZmup4/Se+ht9EZaSy+l59MyWkhz"
        "6Yn0KJpOCf2FfEk+IG+SF8iTZAVpJLeQ68kUchE5h8TIGSSbHEd6EEsO4R/wp/hd3IY34MfxA3gpnoevw5fjC/AIXIzz8cm4Nz4cS/wH2o92o3fQ"
        "K+hptAo1oUXoJnQ1moCqUDkajPLQSagX6owo+hW+gg9hK7TCOngY7oSFMBOugovhXBgOZ0IEjodM9zsB2qenp2ar1p8tpjtl9OjVJ9g/nJvRs2+/"
        "SH5hbsGQeEUwe2BxQUly6IjqCWPySyrLqirHVU2smzKztHrUpPF1NZNnzahfMLa2Zuq8uXNmNy5rWFW7sH7R4qUNjWub17XMr1/S2LR85erm9Rta"
        "m1asadm0eWtr27Zde5s3btnetmP3zj37Duz/Gzd78x4=",
        "183d9e0c826cbe46f23b73f68419b3e9ca74937ed55f518745cb0ffc4d535c08",
    ),
    "sigmoid_12.dcm": (
        "eNrFkE2OnDAQhcs2PwYD4/woirLysleWu6cn6qU1dJRpKQQyaBJlxxE4QeIjcASOwBE4AkfgCBwhBdG0omyyjC2r3lfvSS4b4P+u8yUvKNanTx78"
        "wEqBQHm/VlyEYn26vIO9PujT0ei9Meak7/ReH/HgRp9hItgSt0gS6fVf+ZXW5Mtr8oj0CuqHDKrvOEFZqFtt9EFxePOP+zi8/eM+Dg3kNYX8UUF6"
        "7d+BguxK72G3vqJeX7YDD/MJFOXnMn94LIsPB7VbZ0Y3RvfFphJUQFYlURHy3KObEqjYpgBVJc91AAecU5sdfNlof/pNX2Vec6gvH4vyclbzTwnl"
        "N4Bl+/cKelSWdGQmhjo6UcVaZslILB2pZSOzXssW1nqL1/qOGjazzltY71X+4DW+DMZABSOy86W/+M5vgsWfgiG0IX4j+pM/Bz1yG5rQcuAymrgN"
        "HHIT9rzjjrd8iPqoi6bYhQv6JqqiFnmIlLCiEU6M2G2QIa7iPl5iKzoxC5NA7GJAHxKXQGqSITHpkJrMikX0SZUOSZPKrE1VNmXuZs5+Ac9CcOM=",
        "301e18eb874c8480d6c175bd9cc5fd363a349f8b199a94a6badde30e2ca57fd7",
    ),
    "padded_12.dcm": (
        "eNrFj0tugzAQhgebh42B0Ieqqisvs0LOq8oSlVZKpFJQoqjqjiNwgpYjcASOwBFyBI7AEbhBOkAbVd10WVvW/P83vzRjgP89j9soJlgPzzq8YyWg"
        "QfLQVzwawXrY3sEsmAfrpQpmSql1sApmwRIfXuxTTJhDYoHOR3f9K9+7Pnl5Ti7RXcF+40H6hhsksVwEKphLBjd/zGNw+2MegwyiPYFoJ8E98xVI"
        "8M7uHqb9L/b9z6agY96BOHlJos0uiZ9mctrvjF0buxeDclCB1isflaZ9MzIogYoOClDJQZ0m7YcPyStAh/Q06W8HoVZqraZIQRoiaU5HfiQhPdJQ"
        "z2lHc73Tc2Pkpd7RSk+NWs8M3zya0hy5b3RGYWRmZzRmbYWWZCNvzQp9bikrZMB83nzxzKpYyQqWs5pXvOSNPXLFU56jr7kUochEIUZec7BTu7I7"
        "OxSlaIVyRl4IcAoHXOXUjnJrV3kjT93ayVzfy13pNV4xab1PGmJ9Pg==",
        "05f6b8dfcf0c223012748cd238b86c9478047d7f5793d544d06d59c056bc271a",
    ),
    "tiff_preamble.dcm": (
        "eNrz9NRiGEjg4unsywSkQ31YGOqANBMDI4O/E4gGAkYmIB3qKcVgqGekZ2FioGdoYGBgoWeqZ6hnAsRACJRnBqpgA6swBvIEgDwRNPUgHkilEFyl"
        "CZAnzBDswccQEAl0gb+vgrGegZ6RAgeDGAH7OBgkkOzjYEhgcA5mYnAOUmDghYubMigw8MF5ZgwaIF8Eg3ymwcACVM/D4Ovv5+/sEeTv62qkoAFy"
        "M1CWCygrCGbxAFkMjCAWB5DFCGcxgVnsQBYzmMXA8KBeABxaFaDQYuXiF5GUU9bQNTIXkVHRMbFxMbd39w/XMLbztPcK9Q5LzEmy8YoIjI9Ii8+t"
        "LmkKSIzNy6ouL25pmNibUlFe1tXZ0T571sy1Ff0TJ0+dPnP2pi3bdvRMnDZ7wdJV67fs3Hd4wYoNOw6cuHD49OXbj7fsP3X19LWH1x+9/fEOAGiT"
        "aCg=",
        "94f2f62a412d732feeb11f12f585480c24c7445ae1176948a2e39b66bec77b89",
    ),
}
