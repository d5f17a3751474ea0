"""Given: common given names of Europe, the Americas and beyond, as evidence that a word beside "contact" is a person."""

import unicodedata

_NAMES = """
aaron abby abdul abdullah abigail abraham ada adam adele adrian adriana agata agnes agnieszka ahmed aidan aisha alan
alba albert alberto aldo aleksandra aleksander alessandra alessandro alessia alex alexa alexander alexandra alexandre
alexandru alexandria alexis alfonso alfred alfredo ali alice alicia alina alison allison alma alvaro alyssa amalia
amanda amara amber amelia amelie amina amir amit amy ana anastasia anders andre andrea andreas andreea andrei andres
andrew andrzej andy angel angela angelica angelina angelo anita anja anke ann anna annabelle anne anneliese annette
annie annika anouk anselm anthony antoine anton antonella antonia antonio anya april arash ariana arjun arlene arnaud
arne arthur artur arturo ashley ashok astrid aurelie austin ava axel ayesha babette barbara barry bartosz bastian
beata beate beatrice beatriz becky ben benedikt benjamin bernadette bernard bernd bernhard bert bertha beth bettina
betty beverly bianca bill billy birgit bjorn björn blake bob bogdan boris brad bradley brandon brenda brendan brent
brett brian bridget brigitte britta brittany bruce bruno bryan caitlin calvin cameron camila camille carl carla carlo
carlos carmen carol carole carolin carolina caroline carolyn carsten casey cassandra catherine cathy cecile cecilia
celine cesar chad chantal charlene charles charlie charlotte chen cheryl chiara chloe chris christa christel christian
christiane christina christine christoph christophe christopher cindy claire clara claude claudia claudio claus
clemens colin colleen connie connor conrad constance corinna cornelia courtney craig cristian cristina crystal curtis
cynthia dagmar daisy damian damien dan dana daniel daniela daniele danielle danny dariusz darlene darren dave david
dawid dawn dean debbie deborah debra deepak delphine denis denise dennis derek dermot detlef devon diana diane dick
diego dieter dietmar dimitri dirk dmitri dolores dominic dominik dominika dominique don donald donna dora doreen doris
dorota dorothea dorothy doug douglas duncan dustin dylan earl eckhard ed eddie edgar edith edouard eduardo edward
edwin eileen elaine eleanor elena eleonora eli elias elif elisa elisabeth elise elizabeth elke ella ellen elliot
eloise elsa elsie elvira emanuel emil emilia emilie emily emma emmanuel enrico enrique enzo eric erica erich erik
erika erin ernest ernst esther ethan eugene eva evan evelyn ewa fabian fabienne fabio fabrice fatima federica federico
felicia felicity felipe felix ferdinand fernanda fernando filip filippo fiona florence florian frances francesca
francesco francis francisco francois françois frank franz fred freddie frederic frederick frederik frida frieda
friedrich fritz gabi gabriel gabriela gabriele gabriella gareth gary gaston gavin gemma genevieve geoff geoffrey
george georges georgia georgina gerald geraldine gerard gerd gerhard gertrud gianluca gianni giacomo gilbert gilles
gina giorgio giovanna giovanni gisela giulia giuliano giuseppe gladys glen glenda glenn gloria gordon grace graham
greg gregor gregory greta grzegorz guadalupe gudrun guido guillaume gunter gunther günter gustav guy gwen hannah
hannelore hannes hans harald harold harriet harry hartmut harvey hasan hassan hazel heather hector heidi heike heiko
heinrich heinz helen helena helene helga helmut hendrik henri henrietta henrik henry herbert herman hermann hilda
hiroshi holger holly horst howard hubert hugh hugo hussein ian ibrahim ida ignacio igor ilona ilse imran ines inga
ingeborg ingo ingrid ioana irena irene irina iris irma isaac isabel isabella isabelle ismail ivan ivana ivo jack
jackie jacob jacqueline jacques jade jaime jake jakob jakub james jamie jan jana jane janet janice janina janine
jasmin jasmine jason javier jay jean jeanette jeanne jeff jeffrey jennifer jenny jens jeremy jerome jerry jesse
jessica jesus jill jim jimmy joachim joan joana joanna joanne joao joe joel joerg johan johann johanna johannes john
johnny jolanta jon jonas jonathan jorge jose josé josef josefina joseph josephine joshua joyce juan juana juanita
judith judy julia julian juliana julie julien juliette julio jürgen juergen jurgen justin justine justyna jutta kai
kamil karel karen kari karim karin karina karl karla karolina karsten kasia katarina katarzyna kate katharina
katherine kathleen kathrin kathryn kathy katie katja katrin kay keith kelly ken kendra kenneth kenji kerstin kevin
khalid kim kimberly kirsten kirsty klara klaus konrad kristen kristian kristin kristina kristine krystyna krzysztof
kurt kyle lara larissa larry lars laszlo laura lauren laurence laurent laurie lea leah leanne lee lena lennart leo
leon leona leonard leonardo leonie leroy leslie lewis liam lidia lieselotte lila lillian lilly linda lindsay lisa lise
liz lois lola lorena lorenzo loretta lori lothar louis louise luc luca lucas lucia luciano lucie lucinda lucy ludwig
luigi luis luisa luise lukas lukasz łukasz luke luna lutz lydia lynn maciej madeleine magda magdalena maggie magnus
mahmoud maja malcolm malgorzata małgorzata mandy manfred manon manuel manuela mara marc marcel marcela marcella marcia
marcin marco marcos marcus marek margaret margarita margit margot marguerite maria marian mariana marianne marie
mariella marielle marija marina mario marion marisa marius marjorie mark markus marlene marta martha martin martina
marvin mary maryam mateo mateusz mathias mathieu mathilde matilda matt matteo matthew matthias mattias maud maureen
maurice mauro max maxim maxime maximilian maya megan mehmet melanie melinda melissa mercedes meredith mia michael
michaela michal michał michel michela michele michelle miguel mike mikhail mila milan mildred milena miles millie
milos minna mira miranda miriam mirjam mitchell mohamed mohammad mohammed moira molly mona monica monika monique
morgan moritz muhammad murat mustafa myriam nadia nadine nadja nancy naomi natalia natalie nataliya natasha nathalie
nathan neil nele nelson nia nicholas nick nicola nicolas nicole nicoletta niels nigel nikita nikola nikolai nikolaus
nina noah noel noemi nora norbert norma norman nuria olaf ole oleg olga olive oliver olivia olivier omar oscar oskar
otto owen pablo paige pamela paola paolo pascal pat patrice patricia patrick patrizia patrycja paul paula paulina
pauline pavel pawel paweł pedro peggy penelope penny per percy perry peter petra petr phil philip philipp philippe
phillip phoebe phyllis pierre pietro pilar piotr priya rachel radoslaw rafael rafal rafał rahul raimund rainer raj
rajesh ralf ralph ramon ramona randy raphael raquel rashid raul ravi ray raymond rebecca regina reinhard reinhold rené
rene renate renata ricardo riccardo richard rick ricky rita rob robert roberta roberto robin rocio rodney rodrigo
roger roland rolf roman romain ron ronald rosa rosalie rosalind rosario rose rosemarie rosemary ross rosie roxanne roy
ruben rudolf rupert russell ruth ryan sabine sabrina sally salvatore sam samantha samir samuel sandeep sandra sandrine
sanjay santiago sara sarah sascha saskia scott sean sebastian sebastien selina serena serge sergei sergio seth shane
shannon sharon shaun sheila shelby shelley sherry shirley siegfried sigrid silke silvia silvio simon simona simone
sina siobhan sofia sofie sonia sonja sophia sophie stacey stan stanislaw stanley stefan stefania stefanie stefano
steffen stella stephan stephane stephanie stephen steve steven stuart sue sunil susan susanna susanne suzanne svenja
sven sybille sylvia sylvie sylwia tamara tammy tanja tania tanya tara tatiana taylor ted teresa terence terry tessa
thea theo theodor theresa therese thierry thilo thomas thorsten tiffany till tim timo timothy tina tobias todd tom
tomas tomasz tommaso tommy toni tony torsten tracey tracy travis trevor tristan trudy tyler udo ulf ulla ulrich ulrike
umberto ursula ute uwe valentin valentina valeria valerie vanessa vera verena veronica veronika veronique vicky victor
victoria viktor viktoria vincent vincenzo viola violet virginia virginie vivian vladimir volker walter waltraud wanda
wayne wendy werner wiebke wilfried wilhelm will william willy winfried wojciech wolfgang xavier yan yannick yasmin
yolanda yusuf yves yvette yvonne zachary zbigniew zeynep zoe zofia zsofia
aitor akira aleksandr anneke ayse bogdana bruna burak chinedu daan deepika dmitry emre fang fatma femi garcia goncalo
hakan hana haruto henk hui iker jing jiri joaquin jordi kacper kavita kees keiko kenan kwame lakshmi leila leticia
margarida marieke mateus mei ming montserrat neha ngozi nils noelia oksana oliwia paulo pieter rohan rui sakura sanne
selin suresh szymon takeshi thiago tiago vikram vitor vladislav wei wiktoria willem wojtek xavi xiu yekaterina yuki
yuri zainab zuzanna
"""


def is_given(word: str) -> bool:
    """Whether a word is one of them, whatever its letter case and accents: `María`, `JOAO`."""
    return _plain(word) in _GIVEN


def _plain(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKD", word.casefold()) if not unicodedata.combining(c)).replace(
        "ł", "l"
    )


_GIVEN = frozenset(map(_plain, _NAMES.split()))
