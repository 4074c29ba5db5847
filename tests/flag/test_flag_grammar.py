"""Grammar: agreement, participles, calques, broken sentences; each wrong, and its sound neighbour."""

from __future__ import annotations

import pytest

from bitext.document import Severity
from bitext.flag.forms import build, feminine, forms, plural

WRONG = [
    ("agreement", "Le maire a visité des maison du quartier.", "des maison", "des maisons"),
    ("agreement", "Elle a lu plusieurs livre pendant l'été.", "plusieurs livre", "plusieurs livres"),
    ("agreement", "La police a fermé la routes du port.", "la routes", "les routes"),
    ("agreement", "Le conseil a pris une décision important hier.", "décision important", "décision importante"),
    ("agreement", "Ce sont des élections libre.", "élections libre", "élections libres"),
    ("agreement", "Les autorités local ont refusé.", "autorités local", "autorités locales"),
    ("agreement", "Un gouvernement provisoires a été formé.", "gouvernement provisoires", None),
    ("agreement", "Elle est arrivé à la gare.", "arrivé", "arrivée"),
    ("agreement", "Ils ont été libéré hier soir.", "libéré", "libérés"),
    ("agreement", "Elles sont toujours opposés au projet.", "opposés", "opposées"),
    ("agreement", "La loi a été adopté lundi.", "adopté", "adoptée"),
    ("agreement", "Les manifestants est arrivés avant la nuit.", "manifestants est", "manifestants sont"),
    ("agreement", "Hier, ils a refusé de répondre.", "ils a", "il a"),
    ("agreement", "Il pense qu'elle sont prêtes.", "elle sont", "elles sont"),
    ("agreement", "Le rapport de le ministère est long.", "de le ministère", "du ministère"),
    ("agreement", "Il parle à les membres du conseil.", "à les membres", "aux membres"),
    ("agreement", "Les routes du nord de la province sont fermé depuis lundi.", "fermé", "fermées"),
    ("agreement", "La température de l'eau était trop élevé.", "élevé", "élevée"),
    ("agreement", "Le prix des légumes ont augmenté.", "prix des légumes ont", "prix des légumes a"),
    ("agreement", "Les plongeurs a travaillé dans trois pays.", "plongeurs a", "plongeurs ont"),
    ("agreement", "Les enfants du village semblaient content de nous voir.", "content", None),
    ("agreement", "Plusieurs maisons sont restées vide tout l'hiver.", "vide", "vides"),
    ("agreement", "La réponse a été rapide et brutal.", "brutal", "brutale"),
    ("agreement", "Nous sommes arrivé trop tard.", "arrivé", "arrivés"),
    ("agreement", "La plupart des clients étaient satisfait du service.", "satisfait", "satisfaits"),
    ("agreement", "La banque, qui est installé à Lyon, se tait.", "installé", "installée"),
    ("agreement", "Les joueurs qui a gagné le match étaient ravis.", "joueurs qui a", "joueurs qui ont"),
    ("agreement", "Les photos que nous avons pris sont floues.", "pris", "prises"),
    ("agreement", "C'est une grand victoire pour le club.", "grand victoire", "grande victoire"),
    ("agreement", "Voici des chevilles enflé à soigner.", "chevilles enflé", None),
    ("agreement", "Le pain et le fromage étaient excellent.", "excellent", None),
    ("agreement", "Cette chanson est devenu très populaire.", "devenu", "devenue"),
    ("agreement", "Voici des images flou du quartier.", "images flou", "images floues"),
    ("agreement", "La pièce est petite mais lumineux.", "lumineux", "lumineuse"),
    ("agreement", "Les patrons du bar a refusé.", "patrons du bar a", "patrons du bar ont"),
    ("determiners", "Il a garé son voiture devant la gare.", "son voiture", "sa voiture"),
    ("determiners", "Cet école accueille quarante élèves.", "Cet école", "Cette école"),
    ("participles", "Ils ont manger avant de partir.", "ont manger", "ont mangé"),
    ("participles", "Le juge a déjà refuser cette demande.", "a déjà refuser", "a déjà refusé"),
    ("participles", "Le pont a été inaugurer en mai.", "été inaugurer", "été inauguré"),
    ("participles", "Il doit publié son livre en mai.", "doit publié", "doit publier"),
    ("participles", "Vous pouvez nous envoyé une lettre.", "pouvez nous envoyé", "pouvez nous envoyer"),
    ("participles", "Elle va cherché du pain.", "va cherché", "va chercher"),
    ("participles", "De l'argent pour financé la route.", "pour financé", "pour financer"),
    ("participles", "Hier il envoyé une lettre à sa sœur.", "il envoyé", None),
    ("participles", "Ils voulaient arriver, mais nous avons arrêter là.", "avons arrêter", "avons arrêté"),
    ("participles", "Ce que je demandé est simple.", "je demandé", None),
    ("calques", "Il faut payer attention aux détails.", "payer attention", None),
    ("calques", "Son frère dit qu'il est trente ans.", "il est trente ans", None),
    ("calques", "Elle a dit qu'elle était très fatiguée et qu'il est faim.", "est faim", None),
    ("calques", "Ils ont arrivé trop tard pour voter.", "ont arrivé", None),
    ("calques", "Les enfants sont été surpris.", "sont été", None),
    ("calques", "Le ministre a délivré un discours hier.", "délivré un discours", None),
    ("calques", "Cela ne fait du sens pour personne.", "fait du sens", None),
    ("calques", "Il a demandé une question au maire.", "demandé une question", None),
    ("calques", "Elle est très intéressée dans la musique.", "intéressée dans", None),
    ("calques", "Ce vin est plus meilleur que l'autre.", "plus meilleur", None),
    ("calques", "Dans 1990, la ville comptait dix usines.", "Dans 1990", None),
    ("calques", "La secrétaire de presse n'a rien dit.", "secrétaire de presse", "porte-parole"),
    ("calques", "L'accusé a plaidé pas coupable.", "pas coupable", None),
    ("calques", "Des normes « pas contraignantes » sont inutiles.", "pas contraignantes", None),
    ("calques", "Je suis heureux qu'il a gagné.", "a", None),
    ("calques", "Bien qu'elle est malade, elle travaille.", "est", None),
    ("calques", "Il attend jusqu'à ce que nous sommes prêts.", "sommes", None),
    ("calques", "En quoi puis-je vous aider avec ?", "aider avec", None),
    ("calques", "Quand vous êtes terminé, fermez la porte.", "vous êtes terminé", None),
    ("verb-forms", "S'il vous plaît essayer une autre clé.", "essayer", "essayez"),
    ("verb-forms", "Pour toute question, s'il vous plaît contacter le bureau.", "contacter", None),
    ("calques", "Il a tiré parti de tout et pris avantage de la pluie.", "pris avantage de", None),
    ("clauses", "Hier matin, Berlin envoyé dix navires au port.", "envoyé", None),
    ("clauses", "Mardi dernier, le président annoncé une réforme des impôts.", "annoncé", None),
    ("clauses", "Le ministère publié une liste de ses clients.", "publié", None),
    (
        "clauses",
        "À la demande du maire, de la Suisse et d'autres voisins ont envoyé des pompiers.",
        "de la Suisse et d'autres voisins",
        "la Suisse et d'autres voisins",
    ),
    (
        "clauses",
        "Avec l'aide de la région, de la Belgique avait acheté deux navires.",
        "de la Belgique",
        "la Belgique",
    ),
    ("clauses", "Ils ont le droit de voyager librement et la liberté de presse.", "et la liberté de presse", None),
    ("clauses", "Il rêve de travailler tranquillement et la richesse.", "et la richesse", None),
    ("clauses", "Je ne sais pas si elle l'a dit – c'était une rumeur ou non.", None, None),
    ("clauses", "On ignore comment il a payé – c'était un prêt légal ou non.", None, None),
]


@pytest.mark.parametrize(("check", "line", "span", "suggestion"), WRONG)
def test_finds(run, check, line, span, suggestion):
    found = run(check, line)
    assert found, line
    if span is not None:
        assert span in [t for t, _ in found]
    if suggestion is not None:
        assert suggestion in [f.suggestion for _, f in found]


SOUND = [
    "Le maire a visité des maisons du quartier et une école primaire.",
    "Il les porte à la gare, puis il leur demande conseil.",
    "Un centre de recherche américain et une équipe de chercheurs français.",
    "Les volets social et culturel, les gouvernements belge et suisse.",
    "La sécurité et la protection sociales, le commerce et la production locaux.",
    "Ce débat dure depuis des années ; cette route coupe la forêt.",
    "Elle a l'air fatigué, et ils ont plusieurs fois refusé.",
    "Elle est premier ministre ; elles sont bien sûr invitées.",
    "Avec elle sont venus trois amis, plus grands qu'elle ne le pensait.",
    "Ils se sont vus ; elles se sont parlé ; elle s'est lavé les mains.",
    "Plus de plaintes que l'année passée ont été reçues.",
    "Il vient de le dire et refuse de les porter à le faire.",
    "Il y a à manger et à boire pour tout le monde.",
    "C'est manger ou être mangé ; l'été arrive.",
    "Il pourrait être publié, et doit avoir terminé demain.",
    "Le pouvoir donné au juge et le devoir accompli.",
    "Qui n'a pas de quoi payer doit travailler.",
    "Pour l'employé du mois, pour marié et célibataire.",
    "Le discours prononcé par le maire a duré une heure.",
    "Il est vingt ans plus jeune ; elle était vingt ans auparavant à Rome.",
    "Ils ont raison, nous avons faim, et la raison est la peur.",
    "Le train est arrivé ; ils sont venus, elle a parcouru la ville.",
    "Dans 1 000 ans, dans 2000 pays, dans trois mois.",
    "Les personnes intéressées dans cette affaire ont écrit.",
    "À la demande du maire, la Suisse et d'autres voisins ont envoyé des pompiers.",
    "À la demande du maire, d'autres voisins ont envoyé des pompiers.",
    "Au nom du maire, de la Suisse et de la France, le ministre a remercié les pompiers.",
    "Pendant la nuit, de la neige avait recouvert les routes.",
    "Dans le nord, des soldats ont envoyé une lettre.",
    "Il faut vivre pleinement et la nuit et le jour.",
    "Il promet de chanter doucement et la salle applaudit.",
    "Si elle l'a dit – c'était hier –, elle le fera ou non.",
    "Le texte adopté hier, la loi votée l'an dernier.",
    "Avez-vous commandé la même chose ? As-tu goûté la soupe ?",
    "Étant donné la situation, rien ne bouge.",
    "Il a joint la lettre au dossier et rejoint le parti.",
    "Les deux derniers jours, l'attachée de presse du théâtre a parlé.",
    "Nous tenons pour acquis que chacun paie ce qu'il doit.",
    "Il n'est pas coupable, dit-il : « pas question », « pas possible ».",
    "Je suis heureux qu'il ait gagné, bien qu'elle soit malade.",
    "Je crois qu'il est venu et que nous sommes prêts avant qu'il ne parte.",
    "Pouvez-vous s'il vous plaît essayer ? Je voudrais, s'il vous plaît, essayer.",
    "Il faut s'il vous plaît vérifier la date.",
    "Il sait faire avec ; il veut vous aider avec plaisir.",
    "Ce matin, la majorité des élus sont restés.",
    "Les partisans de la ligne dure l'emporteront ; le temps violent est annoncé.",
    "Nous sommes partie prenante ; nous nous sommes demandé s'il viendrait.",
    "Elle s'est vu refuser l'entrée, la famille s'est vu refuser un visa.",
    "Le rapporteur et d'autres députés pourront répondre.",
    "La cybercriminalité et le terrorisme qui impliquent des États.",
    "Un certain nombre d'experts affirment le contraire ; mille euros est un bon prix.",
    "L'achat par la banque, des parts du groupe a surpris ; des familles à n'avoir qu'un enfant ont ri.",
    "Tu es une bonne guitariste ; ils étaient fort mécontents.",
    "La sœur du voisin, qui est parti hier, et l'une des lettres qui est arrivée.",
    "La preuve que nous avons pris le train ; les pommes que nous avons fait cuire.",
    "On n'en fera qu'une simple zone au sein d'États qui auront cédé ; ces secrets fort bien gardés.",
    "L'affaire Martin et des autres plaignants avanceront.",
    "Nous avons été informés et nous sommes prêts ; nous sommes désolées.",
]


@pytest.mark.parametrize("check", ["agreement", "participles", "calques", "clauses", "verb-forms"])
@pytest.mark.parametrize("line", SOUND)
def test_leaves_sound_sentences_alone(run, check, line):
    assert run(check, line) == []


def test_what_is_no_french_at_all_is_worse_than_what_is_clumsy(run):
    [(_, f)] = run("calques", "Les enfants sont été surpris.")
    assert f.severity is Severity.MAJOR
    [(_, f)] = run("calques", "Il a demandé une question.")
    assert f.severity is Severity.MINOR


def test_the_table_of_forms():
    table = forms()
    assert table.nouns["maison"] == {"fs"}
    assert table.nouns["maisons"] == {"fp"}
    assert "décision" in table.nouns and table.many["décision"] == "décisions"
    assert table.adjectives["importante"] == {"fs"}
    assert table.agreeing("important", ["fp"]) == "importantes"
    assert "manger" in table.infinitives
    assert not {"sont", "pas", "plus", "très"} & set(table.nouns)


def test_forms_are_learnt_from_text():
    lines = ["une table ronde", "cette table ronde", "un chat rond", "du chat rond", "des tables rondes"]
    lines += ["des chats ronds", "la table est ronde", "le chat est rond", "aux tables rondes", "nos chats ronds"]
    rows = build([f"{x}\tx" for x in lines * 4])
    assert "table/tables" in rows["f"]
    assert "chat/chats" in rows["m"]
    assert set(rows["number"]) >= {"chat", "table"}
    assert "rond/ronde/ronds" in rows["adjective"]


@pytest.mark.parametrize(
    ("word", "many"), [("cheval", "chevaux"), ("bateau", "bateaux"), ("pays", "pays"), ("feu", "feux"), ("mot", "mots")]
)
def test_plurals(word, many):
    assert plural(word) == many


@pytest.mark.parametrize(
    ("he", "she"), [("actif", "active"), ("heureux", "heureuse"), ("public", "publique"), ("directeur", "directrice")]
)
def test_feminines(he, she):
    assert she in feminine(he)
