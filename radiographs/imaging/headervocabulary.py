"""The words that a stored DICOM header may hold: each one stands here, so that none of them can name a patient."""

from __future__ import annotations

from collections.abc import Mapping

_YES_NO = ("YES", "NO")
_SIDES = ("R", "L", "B", "U")
_PLANES = ("A", "P", "R", "L", "H", "F", "AF", "AH", "PF", "PH", "LF", "LH", "RF", "RH", "AL", "AR", "PL", "PR")

# Defined terms of PS3.3 (CR, DX, secondary capture and general image modules) and PS3.16, plus what makers call
# themselves; a word outside is removed.
KEPT: Mapping[str, frozenset[str]] = {
    keyword: frozenset(words)
    for keyword, words in {
        "ImageType": (
            *("ORIGINAL", "DERIVED", "PRIMARY", "SECONDARY", "AXIAL", "LOCALIZER", "PRESENTATION", "PROCESSING"),
            *("OTHER", "SINGLE PLANE", "BIPLANE A", "BIPLANE B", "POST_PROCESSED", "POST_CONTRAST", "NORMALIZED"),
        ),
        "Modality": (
            *("CR", "DX", "RG", "RF", "XA", "OT", "SC", "HC", "CT", "MR", "MG", "IO", "PX", "US", "NM", "PT", "XC"),
        ),
        "ConversionType": ("DV", "DI", "DF", "WSD", "SD", "SI", "DRW", "SYN"),
        "PresentationIntentType": ("FOR PRESENTATION", "FOR PROCESSING"),
        "PatientSex": ("M", "F", "O"),
        "BodyPartExamined": (
            *("CHEST", "THORAX", "LUNG", "RIB", "STERNUM", "CLAVICLE", "SHOULDER", "SCAPULA", "HEART", "MEDIASTINUM"),
            *("ABDOMEN", "PELVIS", "HIP", "SPINE", "CSPINE", "TSPINE", "LSPINE", "SKULL", "HEAD", "NECK", "JAW"),
            *("EXTREMITY", "ARM", "ELBOW", "HAND", "WRIST", "LEG", "KNEE", "ANKLE", "FOOT", "BREAST", "WHOLEBODY"),
        ),
        "ViewPosition": ("PA", "AP", "LL", "RL", "RLD", "LLD", "RLO", "LLO", "LATERAL", "LAO", "RAO", "LPO", "RPO"),
        "PatientPosition": ("HFP", "HFS", "HFDR", "HFDL", "FFDR", "FFDL", "FFP", "FFS"),
        "PatientOrientation": _PLANES,
        "Laterality": _SIDES,
        "ImageLaterality": _SIDES,
        "FilterMaterial": ("MOLYBDENUM", "ALUMINUM", "COPPER", "RHODIUM", "NIOBIUM", "EUROPIUM", "LEAD"),
        "FilterType": ("STRIP", "WEDGE", "BUTTERFLY", "MULTIPLE", "FLAT", "SHAPED", "NONE"),
        "Grid": ("FIXED", "FOCUSED", "RECIPROCATING", "PARALLEL", "CROSSED", "NONE", "IN"),
        "ExposureControlMode": ("MANUAL", "AUTOMATIC"),
        "ExposureStatus": ("NORMAL", "ABORTED"),
        "DetectorType": ("DIRECT", "SCINTILLATOR", "STORAGE", "FILM"),
        "DetectorConfiguration": ("AREA", "SLOT"),
        "FieldOfViewShape": ("ROUND", "RECTANGLE", "HEXAGONAL"),
        "FieldOfViewHorizontalFlip": _YES_NO,
        "CollimatorShape": ("RECTANGULAR", "CIRCULAR", "POLYGONAL"),
        "ShutterShape": ("RECTANGULAR", "CIRCULAR", "POLYGONAL"),
        "CassetteOrientation": ("LANDSCAPE", "PORTRAIT"),
        "CassetteSize": ("18CMX24CM", "8INX10IN", "24CMX30CM", "10INX12IN", "30CMX35CM", "30CMX40CM", "11INX14IN",
                         "35CMX35CM", "14INX14IN", "35CMX43CM", "14INX17IN"),
        "PlateType": ("ST",),
        "PhotometricInterpretation": (
            *("MONOCHROME1", "MONOCHROME2", "PALETTE COLOR", "RGB", "YBR_FULL", "YBR_FULL_422", "YBR_PARTIAL_420"),
            *("YBR_ICT", "YBR_RCT", "ARGB", "CMYK", "HSV"),
        ),
        "PixelIntensityRelationship": ("LIN", "LOG", "DISP"),
        "PixelSpacingCalibrationType": ("GEOMETRY", "FIDUCIAL"),
        "PresentationLUTShape": ("IDENTITY", "INVERSE", "LIN OD"),
        "VOILUTFunction": ("LINEAR", "LINEAR_EXACT", "SIGMOID"),
        "RescaleType": ("US", "OD", "HU", "MGML", "Z_EFF", "ED", "EDW", "HU_MOD", "PCT"),
        "ModalityLUTType": ("US", "OD", "HU", "MGML", "Z_EFF", "ED", "EDW", "HU_MOD", "PCT"),
        "LossyImageCompression": ("00", "01"),
        "LossyImageCompressionMethod": ("ISO_10918_1", "ISO_14495_1", "ISO_15444_1", "ISO_13818_2", "ISO_14496_10"),
        "BurnedInAnnotation": _YES_NO,
        "RecognizableVisualFeatures": _YES_NO,
        "QualityControlImage": (*_YES_NO, "BOTH"),
        "BorderDensity": ("BLACK", "WHITE"),
        "Manufacturer": (
            *("AGFA", "AGFA-GEVAERT", "AGFA HEALTHCARE", "CANON", "CANON INC.", "CANON INC", "CARESTREAM"),
            *("CARESTREAM HEALTH", "CARESTREAM HEALTH INC.", "EASTMAN KODAK COMPANY", "KODAK", "DEL MEDICAL"),
            *("DRTECH", "FUJI", "FUJI PHOTO FILM CO. LTD.", "FUJI PHOTO FILM CO., LTD.", "FUJIFILM CORPORATION"),
            *("FUJIFILM", "GE", "GE HEALTHCARE", "GE MEDICAL SYSTEMS", "HOLOGIC", "HOLOGIC, INC.", "ICRCO"),
            *("KONICA MINOLTA", "KONICA MINOLTA, INC.", "PHILIPS", "PHILIPS MEDICAL SYSTEMS", "RAYENCE", "SAMSUNG"),
            *("SAMSUNG ELECTRONICS", "SHIMADZU", "SIEMENS", "SIEMENS HEALTHINEERS", "SWISSRAY", "TOSHIBA", "VAREX"),
            *("VAREX IMAGING", "VIEWORKS"),
        ),
        # Codes of a view or region: SNOMED RT, SNOMED CT and the meanings that go with them.
        "CodingSchemeDesignator": ("SRT", "SNM3", "SCT", "DCM"),
        "CodeValue": (
            *("R-10206", "R-10214", "R-10202", "R-10236", "R-10242", "T-D3000", "T-28000", "T-D4000", "T-D6000"),
            *("399348003", "399352003", "399173006", "399067008", "51185008", "39607008", "302551006"),
        ),
        "CodeMeaning": (
            *("CHEST", "THORAX", "LUNG", "ABDOMEN", "PELVIS", "POSTERO-ANTERIOR", "ANTERO-POSTERIOR", "LATERAL"),
            *("LEFT LATERAL", "RIGHT LATERAL", "ENTIRE THORAX"),
        ),
    }.items()
}  # fmt: skip


def word(keyword: str, value: str) -> str | None:
    """The word as it is kept, in capital letters; None where it is not one of the element's own."""
    said = " ".join(value.upper().split())
    return said if said in KEPT.get(keyword, ()) else None
