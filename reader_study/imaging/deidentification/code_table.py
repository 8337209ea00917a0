"""Coded terms that may stand in a de-identified file, with the words written for them.

SNOMED CT and the older SNOMED RT codes of PS3.16: CID 4031 for what a head study shows, CID 19
to 21 for how the patient lies.
"""

_SCT = {
    "69536005": "Head", "774007": "Head and Neck", "45048000": "Neck", "12738006": "Brain",
    "89546000": "Skull", "11279006": "Circle of Willis", "69105007": "Carotid Artery",
    "86117002": "Internal Carotid Artery", "32062004": "Common Carotid Artery",
    "85234005": "Vertebral Artery", "59011009": "Basilar Artery", "17232002": "Middle Cerebral "
    "Artery", "60176003": "Anterior Cerebral Artery", "70382005": "Posterior Cerebral Artery",
    "88556005": "Cerebral Artery", "122494005": "Cervical Spine", "51185008": "Chest",
    "80891009": "Heart", "113345001": "Abdomen", "38266002": "Entire body",
    "102538003": "Recumbent", "10904000": "Orthostatic", "40199007": "Supine",
    "1240000": "Prone", "102535000": "Right Lateral Decubitus",
    "102536004": "Left Lateral Decubitus", "102540008": "Headfirst", "102541007": "Feet-first",
}  # fmt: skip
_SRT = {
    "T-D1100": "Head", "T-D1000": "Head and Neck", "T-D1600": "Neck", "T-A0100": "Brain",
    "T-11100": "Skull", "T-45520": "Circle of Willis", "T-45010": "Carotid Artery",
    "T-45300": "Internal Carotid Artery", "T-45100": "Common Carotid Artery",
    "T-45700": "Vertebral Artery", "T-45800": "Basilar Artery",
    "T-45600": "Middle Cerebral Artery", "T-45540": "Anterior Cerebral Artery",
    "T-45900": "Posterior Cerebral Artery", "T-45510": "Cerebral Artery",
    "T-11501": "Cervical Spine", "T-D3000": "Chest", "T-32000": "Heart", "T-D4000": "Abdomen",
    "F-10450": "Recumbent", "F-10320": "Orthostatic", "F-10340": "Supine", "F-10310": "Prone",
    "F-10317": "Right Lateral Decubitus", "F-10319": "Left Lateral Decubitus",
    "F-10470": "Headfirst", "F-10480": "Feet-first", "T-D0010": "Entire body",
}  # fmt: skip
MEANINGS: dict[tuple[str, str], str] = {
    **{("SCT", value): meaning for value, meaning in _SCT.items()},
    **{(scheme, value): m for scheme in ("SRT", "SNM3", "99SDM") for value, m in _SRT.items()},
}
ANY_REGION = ("SCT", "38266002")
ANY_CONTRAST_AGENT = ("SCT", "385420005")
CONTRAST_AGENTS = {ANY_CONTRAST_AGENT: "Contrast media"}
ANY_ROUTE = ("SCT", "284009009")
ADMINISTRATION_ROUTES = {
    ANY_ROUTE: "Route of administration",
    ("SCT", "47625008"): "Intravenous route",
    ("SRT", "G-D101"): "Intravenous route",
    ("SNM3", "G-D101"): "Intravenous route",
    ("SCT", "58100008"): "Intra-arterial route",
    ("SRT", "G-D102"): "Intra-arterial route",
    ("SNM3", "G-D102"): "Intra-arterial route",
}
INGREDIENTS = {
    ANY_CONTRAST_AGENT: "Contrast media",
    ("SCT", "44588005"): "Iodine",
    ("SRT", "C-11400"): "Iodine",
    ("SNM3", "C-11400"): "Iodine",
}
PURPOSES = {
    ("DCM", "121311"): "Localizer",
    ("DCM", "121314"): "Other image of biplane pair",
    ("DCM", "121322"): "Source image for image processing operation",
}
