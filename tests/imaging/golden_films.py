"""Tiny film-like pictures in every format that is read, as bytes, with the digests their pixels must keep for ever."""

from __future__ import annotations

import base64
import zlib

import golden_compressed

# name: (the file, deflated, in base64; the digest of its decoded pixels).
_TABLE = {
    "grey.png": (
        "eNrrDPBz5+WS4mJgYOD19HAJAtI8QMzFASQYlro/UANSYZ4ujiEVc0rPOHI1GPCwOMQGxfCwtCyN+/OfvdVJUYBfzsaSf0Zp5vxQFc97KplF"
        "3x/u2/nbwPWMXXL/jLslKee1P5+Ypxa6clWI6mVOhgOcB1q2u2afrXvNnsMtOXdh8aRKkE2ern4u65wSmgBvWzB0",
        "94f2f62a412d732feeb11f12f585480c24c7445ae1176948a2e39b66bec77b89",
    ),
    "grey16.png": (
        "eNrrDPBz5+WS4mJgYOD19HAJAtI8QMwlACQYvl63SQVSmzxdHEMq5qSes+U7pCDD+uHfxAv8TreE1r6UrWJwd3PzeyQ4x9qiJCXliYHcAmVl"
        "5cmKoULtq0wN8yvzK38y8tx4b/OP22R7jIAji+BOhUd29VZZPP3VpVuWrmOa/LVaVMp8WZeJzTMzncZTSUsmrkrNYV7H232y+HfJXB89S7XJ"
        "+blFKwxt5EQEa932h7t8kVzH2++xkNNPo8FFuH/BBRapc9d7f5xuO70hMfzdrQtsSxpPit6/GbSfgcUoMm+33+GdIF94uvq5rHNKaAIAv2dY"
        "yw==",
        "3d0be10d5e9cd9717cbeba2917823c23f30493922f3fc8bee7be869f83727d56",
    ),
    "bits1.png": (
        "eNrrDPBz5+WS4mJgYOD19HAJAtI8QMzFCCQYVoQ3hQMpdU8Xx5CKOckJCQkpn5Kv/DmnsKkhMZPB+QXbsa2zJTfZG7z7feTHPEGG3HOc9Wp/"
        "t88FafV09XNZ55TQBADC2x8h",
        "4cf83f5c3ea8fa0e868deef59f915a40b2838521f5e3968463dad30c276662de",
    ),
    "palette.png": (
        "eNoBDgHx/olQTkcNChoKAAAADUlIRFIAAAAMAAAACggDAAAAt/JPyAAAAGBQTFRF7ta+4su018GszbikxbGdvqqXuKWTtaKQsJ6MpZSEm4t8"
        "mYl6lYZ3kYJ0jX5wiHpsf3Jld2tfcWVaaF1TYVdNXFJJVk1ETUU+RDw2PTYwNS8qLSgkJiIeHBkWEA8NAwICTt/JqwAAAGlJREFUeJwVxosS"
        "gyAMRNEIKm80kEKhgP//l6Y7O3MuPM9aa84xfr3Dmkz78muB0VtttdRCmeAfVDIlTDdU+qSMmK47RCBEvHjWOQ0YQ/DeWa3UCTF4a4zR6jx2"
        "YBm5SyE2UIcUUmxcAC91SwdSy0qBaAAAAABJRU5ErkJggk2aaKc=",
        "a4e0f4d74c485f961a44ec0f619e7f8fa7481be9ca1429cc84a508df604cc961",
    ),
    "rgb.png": (
        "eNoB6AAX/4lQTkcNChoKAAAADUlIRFIAAAAMAAAACggCAAAAD04orQAAAK9JREFUeJytkMGKwzAQQ2Mx8UzixHWHWZfC/v8P7tI2xsY9NLSF"
        "wp5WByG9m+SGYRiJxpH+cGeahL2wF2ZhL8LC/uf3skNhYU+mKUwS5inM0+V6ewT2PswvSKYpLiGuYdtKNt1KiUuYJ4lriEvYSsmmZJqOh7XW"
        "lk1rrd/nXFurtR0Pa207JNNkmnrvvXc7575reIdkmk6mAAAHAM4BAHD60mcl0wTgczaAZ6Z/u+AOQaFKl+yzF/oAAAAASUVORK5CYILrpmNx",
        "9785b63c3b9e3245bcadca78a1a175d5fca6e682f59de66749374e5fd3039b61",
    ),
    "rgba.png": (
        "eNrrDPBz5+WS4mJgYOD19HAJAtI8QMzFwQYkG3T2/wJSWzxdHEMq5uydcDrrsIGIS7/+p+Btq+LyZJj+/pfP8cxWXqiTIuTkOT2WJ33G5tls"
        "C0r7tpU+Vai/ONOtbZ/1pXC+qfPjr7dbm6VLfXzcMN/tj0nR3387v+97/eHy5uJlEw2qDz26uW3u1Sm59zk3p0uxH3oEpG6vBsp83946xWi1"
        "pqaqnZ62ZnrQqatP24uXCV720GwN4iqLfL9XpM4yXcpytpJSh8nUs46C59Rrb83JdHGJu6eh9L/mNW/3Z++ZmSfmrgS6n8HT1c9lnVNCEwBi"
        "sGUZ",
        "e76849ef3eadbba3808b4529dbc59c194ee65dc9fae0542eb24a18aab52a3abb",
    ),
    "la.png": (
        "eNrrDPBz5+WS4mJgYOD19HAJAtI8QMzFwQIktVTLC4FUtKeLY0jFnLnnHLkaDHhYL25cosHG5XSh9/v+BQoiTKWLF+6a0jhh+2/mlKLTNcLJ"
        "r6weCTsHThF2lXROEuGaOtUrka9z44M1FtZ97UcMpN7u01U55vaqSsWt6qzP/udxUduk5me7h00FWsPg6ernss4poQkAnIgyoQ==",
        "a6bc34234f9864fa4da83721642b1cae6128a8ce42b8b27ea47ac6e4d7c8bf20",
    ),
    "grey.jpg": (
        "eNr7f+P/AwYBLzdPNwZGRgYGRiBk+H+bwZmBmYkJhICABYhYOVhZWVhYudjZ2Th4uHh4uLm4uXn5hAR4+QT5uLkFxAQEhUVERUV5+MUlxEQk"
        "hERERf4fYODmYOBi4GFkFGT4f4RBHmg4KyMYMEABIxPQYDZ2Dk4ubqCCrQIMTIzMzEwszCCrgLK1QHkGFkFWIUVDRzbhwER2pUIRo8aJCzmU"
        "nTYeFA26+EHFOKmoiZNLTFxCUkpVTV1DU8vE1MzcwtLK2cXVzd3D0ys4JDQsPCIyKjklNS09IzOruKS0rLyisqq5pbWtvaOza9LkKVOnTZ8x"
        "c9aixUuWLlu+YuWqTZu3bN22fcfOXYcOHzl67PiJk6cuXb5y9dr1GzdvPXz0+MnTZ89fvHz18dPnL1+/ff/x89f/WwwcIP/YM3yy5/h30sA9"
        "a/6LwOmafy94qtTN+M9gd2//sn8nth26yH4zKabwgszvL6bf9JvX5E47JhN9xFj6OYflg/DVt28elJ27wUM5IJml1cF61v+bAKOYilg=",
        "33d8c82b3ac65861e65f8b7147f42af9c50e4a8a199a03d8cd8d18de556386a1",
    ),
    "rgb.jpg": (
        "eNr7f+P/AwYBLzdPNwZGRgYGRiBk+H+bwZmBmYkJhICABYhYOVhZWVhYudjZ2Th4uHh4uLm4uXn5hAR4+QT5uLkFxAQEhUVERUV5+MUlxEQk"
        "hERERUCGMDID9bCwcrKycorwcvOKkAz+H2AQ5GDgYuBhZlRiYBJkZBZk/H+EQR7oTlZGMGCAAkYmoBvZ2Dk4ubiBCrYKMDAxMjMzsTCDXA2U"
        "rQXKM7AIsgopGjqyCQcmsisVihg1TlzIoey08aBo0MUPKsZJRU2cXGLiEpJSqmrqGppaJqZm5haWVs4urm7uHp5ewSGhYeERkVHJKalp6RmZ"
        "WcUlpWXlFZVVzS2tbe0dnV2TJk+ZOm36jJmzFi1esnTZ8hUrV23avGXrtu07du46dPjI0WPHT5w8denylavXrt+4eevho8dPnj57/uLlq4+f"
        "Pn/5+u37j5+/QP5iZGBmhAGs/hIE+ouJhYWZhR3kL0amcpACQRZWRUM2IcdA9sRCYSWjRg4Rp4kLNx7kVDYO+iCaVHSRS0zF5KHqR5DXwD4j"
        "zmNNZPkM7jGEv26BYg8YecyCDPYMH95z/Tv14XjO/BeF7zX/XvBUqZvxn8Hu3vrldae2PbrKfjNJ4vECy+8vsl/7c0ZGr51j0aQ4476F43mm"
        "vU7cHspbtnPzZPFUPnR4l31obqXclQyX/zcBPkLpoQ==",
        "1cd866733f9b893e48036c6b0b5e463c14fad547f3599083d82cee47896da6dd",
    ),
    "cmyk.jpg": (
        "eNr7f+P/OwY+x5T8pFSGFAYQ+H+bwZmBmYkJhICABYhYOVhZWVhYudjZ2Th4uHh4uLm4uXn5hAR4+QT5uLkFxAQEhUVERUV5+MUlxEQkhERE"
        "Rf4fYBDhYOBi4GFxFmTwFWSIFGTwFmT4f4RBnoGBkZURDBiggJEJaAMbOwcnFzdQwVYBBiZGZmYmFmaQnUDZWqA8A4sgq5CioSObcGAiu1Kh"
        "iFHjxIUcyk4bD4oGXfygYpxU1MTJJSYuISmlqqauoallYmpmbmFp5ezi6ubu4ekVHBIaFh4RGZWckpqWnpGZVVxSWlZeUVnV3NLa1t7R2TVp"
        "8pSp06bPmDlr0eIlS5ctX7Fy1abNW7Zu275j565Dh48cPXb8xMlTly5fuXrt+o2btx4+evzk6bPnL16++vjp85ev377/+Pnr/y0GPhZnBl+G"
        "SAZvBgZ7hk/2HP9OGrhnzX8ROF3z7wVPlboZ/xns7gk/zL+ZJ/F28l9B7in/XqhMsvepn58/x8b8t9mRaS//dbV2/WcoEfKUX2Z/fvuruVX/"
        "Zv9Wus3tIp/aWXjcofj9heurXv5n2HR0x9bAbxFtFi/4an9JfTnNf3MVY87iNx97Ci/I/P5iEn5jH9/GbdEShfkCZ/LnKDxvjI/44Xfubs6j"
        "I4I9x34e4qsQ/fK99a2C2MQkiWOBn1tkPmisD9++ucnaOmGC24JjnFwN5aYvP0Q5yi7dEZEcECDDyrxzvWvTLZGtDToeC5ZVBFjP0v5/EwDB"
        "1Njz",
        "061ea2c25464d616ed659a4f6b2548bec9eb30981acb8756aec8a0352e0c40e0",
    ),
    "lossless.webp": (
        "eNoBkgBt/1JJRkaKAAAAV0VCUFZQOEx9AAAALwtAAgDNlSGi/7Grf+UL3v/QsIltO0rCYmD3r/AHEwEJDAYofxXK96pXIeAratsGekRl0B38"
        "AQaDgbRt0t2/5ofCtm2QtmM45B6yMSp+aj06vqeODWAxQggKTgGih2C2fUWU+LaAuf2Z1r9DZPueujtpOzoOAp0/A7z2yAEA6Uo+rg==",
        "9785b63c3b9e3245bcadca78a1a175d5fca6e682f59de66749374e5fd3039b61",
    ),
    "lossy.webp": (
        "eNoBegCF/1JJRkZyAAAAV0VCUFZQOCBmAAAAMAIAnQEqDAAKAADAEiUATpdAAGEXhqK+EwAA/v+X4fpOlQ9EEhUujrP7ss4J4Elg47z2/hbC"
        "bm0zZdHnT8ETF+7t5Qzv9Q/XjuAn2mIim0FBPVQMkhpergulibKXlPCTrY1kAAAA3kkwEw==",
        "9c0147ec34d595a61785c6513f0e8b194b099c549607437be6c310dd90ef2769",
    ),
    "grey.tif": (
        "eNrz9NRi4GBgYOBkYGBkYWAEsniAmBHK5gJiJkZmMBukihnKBmE2JLYgVH0VEIsh6RWHsiuAWAZJPRiwcvGLSMopa+gamYvIqOiY2LiY27v7"
        "h2sY23nae4V6hyXmJNl4RQTGR6TF51aXNAUkxuZlVZcXtzRM7E2pKC/r6uxonz1r5tqK/omTp06fOXvTlm07eiZOm71g6ar1W3buO7xgxYYd"
        "B05cOHz68u3HW/afunr62sPrj97+eAcA1Jk80A==",
        "94f2f62a412d732feeb11f12f585480c24c7445ae1176948a2e39b66bec77b89",
    ),
    "deflated16.tif": (
        "eNrz9NRiYGFkYKiYw/iBgf+/DqMI6x+OJzxnBLaIzJFokclRCFGx0VDROSPAI+4j26N8RpPHwMdMRSfFaInFEzsV1xwFFs05hiZWKUZ/rKY4"
        "H7GOcfni0xO6x5fH4I/VG9cShxTvN653AlK8Q8JcEs9E70lbY//F54qnTPifYJdElTiWaJ8MndSSopB8H/83cSpxMbF/ckxycrKXZLlU1VRu"
        "qQjpeBP3pKCkiKVkSqlK+ZYKlyqbnjO9Mf1vJvTklRTFlLlU6dSJNP1pfdJ5pnfLxDlTW2bq1OW0rOl6M0Fnes7cNYtbZh6Zz7LMZU3LpjO9"
        "KdP+zJuy/Mj8mBVfNqis3LMxZNebQzK7bzzPWsrAycDAyMwADAQGHiBmhLK5gJgJyhYAYmYomwOI2aBsEBZkZIGLiyHpFYeK/wZiGST1IAAA"
        "cbJzIg==",
        "3d0be10d5e9cd9717cbeba2917823c23f30493922f3fc8bee7be869f83727d56",
    ),
    "lzw.tif": (
        "eNrz9NRimMTAwNDAwLBgQUWAkZxgF+tixR0BFipivOwtjjv+9Plrd7ElP/L4MyVUdWqP2mGBD1MiNKafZkv6ueVbiaMIj+rlwhXfyi0XCnCK"
        "ZE74UG6tNFGjxSrXZGbYPMGXIrNC9Wb6rpnWnXrIUGma7wqRVUurLhbtS1whys16mHHChcRNt3K3S12sO5W16dY5sd2dt36UOzhwMjAwMjMw"
        "At3EA8SMUDYXEDNB2RxAzAxlswIxG5QNwoKMLHA1Ykh6xaHiXUAsg6QeBAACDD+l",
        "94f2f62a412d732feeb11f12f585480c24c7445ae1176948a2e39b66bec77b89",
    ),
    "float.tif": (
        "eNpNjs9HBGEYx59ppnat9OuwW6zaKGpvZU9LTM1clm7pFNEfENEf0FvSJSKxdIoSHRJlDx2H6JASGymiH6SOc+sS9Zl93sMMn3k+73y/z2tq"
        "tbJkRSQn4njiYJ3gWOertDluy0vgWk/oSHmv7W9BPrVbsP7Gq5jqz1l3Jf2sTIvEUJnBoQ4NaEIMmYDbYTTQ/ASewONchArM2nwK5mE5ELMR"
        "6P4AswoLNl+ENViCdXq7zEPYs3cl+Sasku1Y31c3R3DJ+Qyukv/RfbONH8OB5uYCTjlfQ4Q/wwNeh4bmcg73+B3zlnkD3/gX8zOQyAm1+2j3"
        "X+AVPjRPuqadTiYUk2XmoKldebd3xcwf5l8gvqvdiJ7pCsXvC1u5/IJn93sgD0XN/X4YhBEo677fzX6Be4Y0NyV8DB/Gx/EJelV8MvwHqUxy"
        "Yw==",
        "3d0be10d5e9cd9717cbeba2917823c23f30493922f3fc8bee7be869f83727d56",
    ),
    "mono2_8.dcm": (
        "eNpjYBhY4OLp7MsEpEN9WBjqgDQTAyODvxOIBgJGJiAd6inFYKhnpGdhYqBnaGBgYKFnqmeoZwLEQAiUZwaqYAOrMAbyBIA8ETT1IB5IpRBc"
        "pQmQJ8wQ7MHHEBAJdIG/r4KxnoGekQIHgxgB+zgYJJDs42BIYHAOZmJwDtIAuTQY5HoNBhagGA+Dr7+fv7NHkL+vq5GCBshdQFkuoKwgmMUD"
        "ZDEwglgcQBYjnMUEZrEDWcxgFgPDg3oBcIhUgEKElYtfRFJOWUPXyFxERkXHxMbF3N7dP1zD2M7T3ivUOywxJ8nGKyIwPiItPre6pCkgMTYv"
        "q7q8uKVhYm9KRXlZV2dH++xZM9dW9E+cPHX6zNmbtmzb0TNx2uwFS1et37Jz3+EFKzbsOHDiwuHTl28/3rL/1NXT1x5ef/T2xzsAUeJj4A==",
        "94f2f62a412d732feeb11f12f585480c24c7445ae1176948a2e39b66bec77b89",
    ),
    "mono2_12_window.dcm": (
        "eNrFkE1q3TAUha8kS5Yt2XF/KCEjD99I6P0EMhR5r5BAX+3mEUJnXoJX0GoJXoKX4CV4CV6Cl6Al5NrQEjLpsDLmnu+eAzoI4P+e0+PxTHE+"
        "f4vgF04KBKr7ZeIhFOfz4w1szc7cHazZWmvvzK3ZmgP++KHPMCHWxB6pQPr8Lr/Qkvz4N3lA+gSXhxzqn9igOpd7Y82ulPDlH/dJuH5zn4QG"
        "jhcKx6fN0vSytN9AhDsN5+p7dXx4qs5fd+Vm6YVuiu6HVWlUQBZVoCLkz46uSqFiqwJUdXG6CNhhF2M38GOl/Urz7wKqF4CwvmUNPSpHOjIT"
        "Sz2daMla5shIHB2pYyNzUcsCa6MQtdxTy2bWRYH1Uc2HqOGFGEUpRmTPCx64540IfBJD7GJ8GvQnPoseuY1t7CTIIpmkEx65iXvZSS9bOSR9"
        "0iVT6uOAvk3qpEUeklI51SivRtw2yJDWaZ+G1KlOzcpqSH0K6IP2GjKrB22zIbO5U0H1us4G3WRF3mZlPuX+as5fAfRVafk=",
        "eaa65816d5d18e80591ed4b4aa42e6c9530b9cb7934854962883c2b8e0676f47",
    ),
    "mono1_12.dcm": (
        "eNrFjk1q3EAQhat/JLVaLfXYCSZko1nOStL8GLwTeGzwgMcdZjAhK+UGukH6CDqCjqAj9BF0BPkGkxsopQEbk42Xrqap99V7UAXwuXW32+4p"
        "9udHDn+wUyBgbqeORSj25913WGar7GZTZMuiKG6y62yZbfDjQ59hwj8n1kgzpK//5SeakpdvyQ3SFzg+JPDjF15g9vN1VmSruYCrD/YJ+PZu"
        "n4DfsD1S2B4W06XH6foFcJwp2Jsns304mP39cr6Y7kJXontxVgoVkEnNUBHyOqNnFaFiZwXwYmdgfgL8RT3qTldaa5fUSZr0sY3zeFCNckmZ"
        "uLiMnSqVixqlVRPpqJE27lWq6kirKuqkiVp5CstwCEtkK09SSyvbUMs8NMKJIRjRz2UaVsiN6IULxuDk54ELLXIrqqAObNAExq/82s89KzT6"
        "vd/5DbLxB+54yy0vcdoij17nVZ72HK95yns2etYb0R+ZZSPtmWE9NbQnjmtesY4a1tITaehAcmIhJf8Aq/ltgg==",
        "3d0be10d5e9cd9717cbeba2917823c23f30493922f3fc8bee7be869f83727d56",
    ),
    "signed_rescaled.dcm": (
        "eNrFkCFMW1EUhv/zeCEvpNnKIIQsiMoKcnNbHkkFYllZ8kjavaYvZJBMVFRUTCAmKpYNgUAgEAgEAoGsRCIqEBOTCETFBKKiAjlBztn/mows"
        "GCT35t3zf+c/uee8C7zs2tyqNwPG7UaI74wBBOn7PHJJwLi99RYVV3W12LuK977m1l3Fxfy46c+wYnZasUYqkhaf1OeUV755rIxJC8iSV2jt"
        "coK0WVpz3lVLEZae6Rdh+b9+ETqoZwHq7XI+aZZPX0bIXAHN9GNaT9pp80O1VM7nojtHd36qClSQXBWp5FEFU/Waakb+3dcubmbs6L3zvCkj"
        "hahS//5RRPoJuOdTFbSksSb6Wff0QE91oEO90TH5m57plY70QVdsrJGVLbGeDfRWQ/MWWWwdq1nXju3KTuxBY/tiLTvkecFzaH9sZIto0N+3"
        "a7skj+3WVvgHLbzDmU3IdxbDY5Wz9vEVexhiYgn9Hb5Pj9zHDUa4wwQbzHbJRzjHJX4ye49QluUIA/yiX5BVaZBrsiN9OZURIomlQ+7KsfTk"
        "RIYykWv5C0JQpdw=",
        "3d0be10d5e9cd9717cbeba2917823c23f30493922f3fc8bee7be869f83727d56",
    ),
    "implicit_headless.dcm": (
        "eNo1istthDAQQMdf/IOQSxTlxHFPyLvZSHu0tIqUywa0FVCCO4hLoARKoARKoARKcAmZRYlG1rw3zwpe4A0Aju2pvZx9e/TeX9qP9tie8eGA"
        "gleQfz/e0QagaNf7AfeDCByAg0O6dd/d9eve3T5PzQHqvRqszzs5JCAPqpEI+b/RnSwS2wlg+6kh79TDhBTISDbiaaIrbVhkgSwk0IUGtrDA"
        "I8ss8syjSNSzjY08s4n3YuaDqOUiG7mgJ1GLLJIYZBarnItQNAqwr2KTE3osfBEUqFqvKsiEPhSTGlVSUc160qNeTSoydq97HdFn3dhgB5vs"
        "gtcBHUxvJpNNsKPdrHdgkgHs4JKD0rvZ+XIufRVstpPry9kNZV3FsqnWKj1t1S8W8UnB",
        "3d0be10d5e9cd9717cbeba2917823c23f30493922f3fc8bee7be869f83727d56",
    ),
    "jpeg_inside.dcm": (
        "eNpjYBhY4OLp7MsEpEN9WBgagDQTAyODvxOIBgJGJiAd6inFYKhnpGdhYqBnaGBgYKFnqmeoZwLEQAiUZwaqYAOrMAbyBIA8MTT1IJ6JnqkB"
        "E4MQXK0JUK0wQ7AHH0NAJNAN/r4KxnoGekYKHAxiBGzkYJBAspGDIYHBOZiJwTlIA+TWYJD7NRhYgGI8DL7+fv7OHkH+vq5GChoglwFluYCy"
        "gmAWD5DFwAhicQBZjHAWE5jFDmQxg1kMDA/qBcBh8h8I/v1neMACDTsQewojUPzG/wcMAl5unm5AY4BmMoDEbjM4MzAzMYEQELAAESsHKysL"
        "CysXOzsbBw8XDw83Fzc3L5+QAC+fIB83t4CYgKCwiKioKA+/uISYiISQiKjI/wMM3BxAJ/MwMgoy/D/CIA80nJURDGDxx8gENJiNnYOTixuo"
        "YKsA0PnMzEwszCCrgLK1QHkGFkFWIUVDRzbhwER2pUIRo8aJCzmUnTYeFA26+EHFOKmoiZNLTFxCUkpVTV1DU8vE1MzcwtLK2cXVzd3D0ys4"
        "JDQsPCIyKjklNS09IzOruKS0rLyisqq5pbWtvaOza9LkKVOnTZ8xc9aixUuWLlu+YuWqTZu3bN22fcfOXYcOHzl67PiJk6cuXb5y9dr1Gzdv"
        "PXz0+MnTZ89fvHz18dPnL1+/ff/x89f/WwwcIP/YM3yy5/h30sA9a/6LwOmafy94qtTN+M9gd2//sn8nth26yH4zKabwgszvL6bf9JvX5E47"
        "JhN9xFj6OYflg/DVt28elJ27wUM5IJml1cF61v+bwLi5+wAUPgChRsIV",
        "33d8c82b3ac65861e65f8b7147f42af9c50e4a8a199a03d8cd8d18de556386a1",
    ),
}
_TABLE |= golden_compressed.TABLE
FILES = {name: zlib.decompress(base64.b64decode(packed)) for name, (packed, _) in _TABLE.items()}
DIGESTS = {name: digest for name, (_, digest) in _TABLE.items()}
