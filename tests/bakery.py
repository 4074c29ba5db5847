"""A short text with its reference and its French, which several folders of tests score."""

REFERENCE = [
    "The bakery opens at six.",
    "Its bread is sold out by nine, even on Mondays.",
    "The baker, Anna Klein, learnt the trade in Lyon.",
    "She came back ten years ago.",
    "“I missed the lake,” she says.",
    "Her brother runs the mill next door.",
    "He grinds rye and spelt.",
    "In summer they hire two students.",
]
OUTPUT = [
    "The bakery opens at six o'clock.",
    "The bread is sold out at nine, even on Mondays.",
    "The baker, Anna Klein, has learned the trade in Lyon.",
    "She returned ten years ago.",
    "“I missed the lake”, she says.",
    "Her brother runs the mill next door.",
    "He mills rye and spelt.",
    "In the summer they employ two students.",
]
SOURCE = [
    "La boulangerie ouvre à six heures.",
    "Son pain est épuisé dès neuf heures, même le lundi.",
    "La boulangère, Anna Klein, a appris le métier à Lyon.",
    "Elle est revenue il y a dix ans.",
    "« Le lac me manquait », dit-elle.",
    "Son frère tient le moulin d'à côté.",
    "Il moud le seigle et l'épeautre.",
    "En été, ils engagent deux étudiants.",
]
