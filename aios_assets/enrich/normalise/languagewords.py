# ruff: noqa: RUF001 - characters that look like others are what this file is about
"""Languagewords: common words of sixteen languages in Latin letters, those of any text and those of shop windows."""

from collections.abc import Mapping
from typing import Final

from aios_assets.enrich.normalise.words import words

_LINES: Mapping[str, str] = {
    "en": """the and with for of to in is are your this from by on that it as be or an at you can not all has have will
        which more than into when use used uses using made makes make easy ideal perfect great best new only also
        other each black white red blue green grey gray yellow brown silver gold pink purple orange clear small
        large medium long short leather wood wooden steel stainless cotton wool glass paper plastic rubber cable
        case cover bag shoes boots shirt jacket dress pants chair table desk lamp light bed kitchen knife cup bowl
        men women kids baby boys girls book game toys tool tools drill paint food dog cat care hair skin water heavy
        duty wireless charger battery screen headphones printer cartridge backpack office home garden outdoor size
        pack set piece inch feet color colour replacement wall drive solid coffee maker hiking cordless toner chef
        state supplies compatible home accessories""",
    "de": """und der die das mit für von ist im den zur aus ein eine nicht sowie auch auf bei dem des einer einem einen
        oder als nach sich wird werden wie durch zum über unter bis sind hat haben kann ihre ihr sie es nur noch
        mehr ohne sehr schwarz weiß rot blau grün grau gelb braun silber rosa lila klein groß lang kurz hell dunkel
        neu leder holz edelstahl baumwolle wolle glas papier kunststoff gummi kabel hülle tasche schuhe stiefel hemd
        jacke kleid hose stuhl tisch schreibtisch lampe licht bett küche messer becher schüssel herren damen kinder
        jungen mädchen buch spiel spielzeug werkzeug bohrmaschine farbe futter hund katze pflege haar haut wasser
        kabellos ladegerät akku bildschirm kopfhörer drucker tonerkartusche rucksack büro haus garten größe stück
        zoll zubehör einfach ideal wandfarbe schreibtischlampe wanderstiefel bürostuhl kaffeemaschine kochmesser
        hundefutter laufwerk lieferung garantie verpackung stück packung liter meter seiten blatt""",
    "fr": """et le la les des avec pour une du est dans sur vos en au aux un ce cette ces qui que par plus pas ne ou
        votre son sa ses notre nos vous nous il elle sont être fait tout tous très sans sous entre chez comme mais
        noir noire blanc blanche rouge bleu bleue vert verte gris grise jaune marron argent rose violet petit petite
        grand grande long court clair foncé nouveau neuf cuir bois acier inoxydable coton laine verre papier
        plastique caoutchouc câble étui housse sac chaussures bottes chemise veste robe pantalon chaise table bureau
        lampe lumière lit cuisine couteau tasse bol homme hommes femme femmes enfant enfants garçon fille livre jeu
        jouet jouets outil outils perceuse peinture nourriture chien chat soin cheveux peau eau chargeur batterie
        écran casque imprimante cartouche dos maison jardin taille pièce pièces pouces facile idéal cafetière
        fauteuil croquettes disque dur randonnée murale chef fil livraison garantie emballage""",
    "es": """y el la los las con para una del es en por su que al un se lo como más pero sus le ya o este esta sí porque
        cuando muy sin sobre también hasta hay donde desde todo todos durante estos estas entre ser tiene son fácil
        ideal negro negra blanco blanca rojo roja azul verde gris amarillo marrón plata dorado rosa morado pequeño
        pequeña grande largo corto claro oscuro nuevo nueva cuero madera acero inoxidable algodón lana vidrio papel
        plástico goma cable funda bolsa bolso zapatos botas camisa chaqueta vestido pantalón silla mesa escritorio
        lámpara luz cama cocina cuchillo taza hombre hombres mujer mujeres niño niños niña niñas bebé libro juego
        juguete juguetes herramienta herramientas taladro pintura comida perro gato cuidado cabello piel agua
        cargador batería pantalla auriculares impresora cartucho mochila oficina hogar jardín tamaño pieza piezas
        pulgadas envío garantía cafetera pared""",
    "it": """e il la le con per una del è di in che dei alla gli lo un da al nel della delle dello degli ai si non sono
        più anche come questo questa questi tra fra su o ma suo sua nostro molto senza ogni tutti facile ideale nero
        nera bianco bianca rosso rossa blu azzurro verde grigio giallo marrone argento oro rosa viola piccolo
        piccola grande lungo corto chiaro scuro nuovo nuova pelle cuoio legno acciaio inossidabile cotone lana vetro
        carta plastica gomma cavo custodia borsa scarpe stivali camicia giacca vestito pantaloni sedia tavolo
        scrivania lampada luce letto cucina coltello tazza uomo donna bambino bambini bambina libro gioco giocattolo
        giocattoli attrezzo attrezzi trapano vernice cibo cane gatto cura capelli acqua caricabatterie batteria
        schermo cuffie stampante cartuccia zaino ufficio casa giardino taglia pezzo pezzi pollici spedizione
        garanzia""",
    "nl": """en de het een met voor van is op uw niet deze zijn te bij dat die in aan om ook als naar er maar of door
        over uit dan nog wordt worden kan geen meer zeer zonder onder tot je jouw onze ideaal gemakkelijk eenvoudig
        zwart zwarte wit witte rood rode blauw blauwe groen groene grijs grijze geel bruin zilver goud roze paars
        klein kleine groot grote lang kort licht donker nieuw nieuwe leer leren hout houten staal roestvrij katoen
        wol glas papier kunststof kabel hoes tas schoenen laarzen overhemd jas jurk broek stoel tafel bureau lamp
        bed keuken mes beker kom heren dames kinderen jongens meisjes baby boek spel speelgoed gereedschap
        boormachine verf voer hond kat verzorging haar huid water oplader batterij accu scherm koptelefoon printer
        rugzak kantoor huis tuin maat stuk stuks verpakking levering garantie""",
    "pl": """i w z do na jest nie oraz dla od przez się które ze przy to jak po za o a ale lub czy być są ten ta te tego
        tej który która można bardzo bez pod nad między także już tylko każdy wszystkie łatwy łatwe idealny czarny
        czarna czarne biały biała białe czerwony czerwona niebieski niebieska zielony zielona szary szara żółty
        żółta brązowy srebrny złoty różowy fioletowy mały mała małe duży duża duże długi krótki jasny ciemny nowy
        nowa nowe granatowy skóra skórzany drewno drewniany stal nierdzewna bawełna wełna szkło papier plastik guma
        kabel etui torba buty koszula kurtka sukienka spodnie krzesło stół biurko lampa lampka światło łóżko kuchnia
        nóż kubek miska męski męskie damski damskie dziecko dzieci chłopiec dziewczynka książka gra zabawka zabawki
        narzędzie narzędzia wiertarka farba karma pies psa kot pielęgnacja włosy woda ładowarka bateria ekran
        słuchawki drukarka plecak biuro biurowe dom ogród rozmiar sztuk sztuka szt opakowanie dostawa gwarancja
        ekspres kawy kuchenny trekkingowe ścienna biurkowa dysk antracyt stron""",
    "pt": """e o os as com para uma do da é em que por dos na no um não se ao mais como mas seu sua ou ser quando muito
        nos já também só pelo pela até isso entre sem mesmo aos são fácil ideal você seus suas preto preta branco
        branca vermelho vermelha azul verde cinza cinzento amarelo castanho marrom prata dourado rosa roxo pequeno
        pequena grande longo curto claro escuro novo nova couro madeira aço inoxidável algodão lã vidro papel
        plástico borracha cabo capa bolsa saco sapatos botas camisa jaqueta casaco vestido calças cadeira mesa
        secretária luminária luz cama cozinha faca copo tigela homem homens mulher mulheres criança crianças menino
        menina bebê bebé livro jogo brinquedo brinquedos ferramenta ferramentas furadeira tinta comida ração cão
        gato cuidado cabelo pele água carregador bateria tela fones impressora cartucho mochila escritório casa
        jardim tamanho peça peças polegadas entrega garantia""",
    "sv": """och med för av är till på det en ett som den du i att inte från eller vid kan om även har din ditt dina alla
        mer utan under över mellan mycket enkel enkelt perfekt svart vit vitt röd rött blå blått grön grönt grå
        grått gul gult brun silver guld rosa lila liten litet stor stort lång kort ljus mörk ny nytt läder trä stål
        rostfritt bomull ull glas papper plast gummi kabel fodral väska skor stövlar skjorta jacka klänning byxor
        stol bord skrivbord lampa säng kök kniv kopp skål herr dam barn pojke flicka bok spel leksak leksaker
        verktyg borrmaskin färg mat hund katt vård hår hud vatten laddare batteri skärm hörlurar skrivare ryggsäck
        kontor hem trädgård storlek styck förpackning leverans garanti""",
    "da": """og med til af er på det en et som den du for i at ikke fra eller ved kan om også har din dit dine alle mere
        uden under over mellem meget nem perfekt sort hvid hvidt rød blå grøn grå gul brun sølv guld lyserød lilla
        lille stor stort lang kort lys mørk ny nyt læder træ stål rustfrit bomuld uld glas papir plast gummi kabel
        etui taske sko støvler skjorte jakke kjole bukser stol bord skrivebord lampe seng køkken kniv kop skål herre
        dame børn dreng pige bog spil legetøj værktøj boremaskine maling mad hund kat pleje hår hud vand oplader
        batteri skærm hovedtelefoner rygsæk kontor hjem have størrelse stk pakke levering garanti hvad jeres""",
    "nb": """og med til av er på det en et som den du for i at ikke fra eller ved kan om også har din ditt dine alle mer
        uten under over mellom veldig enkel perfekt svart hvit hvitt rød blå grønn grå gul brun sølv gull rosa lilla
        liten stor lang kort lys mørk ny nytt skinn lær tre stål rustfritt bomull ull glass papir plast gummi kabel
        etui veske sko støvler skjorte jakke kjole bukser stol bord skrivebord lampe seng kjøkken kniv kopp bolle
        herre dame barn gutt jente bok spill leketøy leker verktøy drill maling mat hund katt pleie hår hud vann
        lader batteri skjerm hodetelefoner skriver ryggsekk kontor hjem hage størrelse stk pakke levering garanti
        hva deres""",
    "cs": """a v na je s pro se do z které ze nebo při od to jak po za i ale jako být jsou ten tato tyto který která lze
        velmi bez pod nad mezi také již jen každý všechny snadné ideální černý černá černé bílý bílá bílé červený
        modrý modrá zelený šedý žlutý hnědý stříbrný zlatý růžový fialový malý malá velký velká velké dlouhý krátký
        světlý tmavý nový nová nové kůže kožený dřevo dřevěný ocel nerezová bavlna vlna sklo papír plast guma kabel
        pouzdro taška boty košile bunda šaty kalhoty židle stůl lampa světlo postel kuchyně nůž hrnek miska pánské
        pánský dámské dámský dítě děti kniha hra hračka hračky nářadí vrtačka barva krmivo pes psy kočka péče vlasy
        voda nabíječka baterie obrazovka sluchátka tiskárna batoh kancelář dům zahrada velikost kusů kus balení
        doručení záruka""",
    "fi": """ja on ei se että joka myös kun tai kuin ovat voi ole sekä mutta niin tämä tämän hän kanssa ilman alla yli
        välillä erittäin helppo täydellinen musta valkoinen punainen sininen vihreä harmaa keltainen ruskea hopea
        kulta pinkki pieni suuri iso pitkä lyhyt vaalea tumma uusi nahka puu puinen teräs puuvilla villa lasi paperi
        muovi kumi kaapeli kotelo laukku kengät saappaat paita takki mekko housut tuoli pöytä lamppu valo sänky
        keittiö veitsi kuppi kulho miesten naisten lasten poika tyttö kirja peli lelu lelut työkalu työkalut pora
        maali ruoka koira kissa hoito hiukset vesi laturi akku näyttö kuulokkeet tulostin reppu toimisto koti
        puutarha koko kpl pakkaus toimitus takuu""",
    "hu": """és a az egy hogy nem is van vagy meg de csak már mint ez ezt azt volt lesz minden nagyon után között alatt
        felett nélkül könnyű tökéletes fekete fehér piros kék zöld szürke sárga barna ezüst arany rózsaszín lila
        kicsi kis nagy hosszú rövid világos sötét új bőr fa acél rozsdamentes pamut gyapjú üveg papír műanyag gumi
        kábel tok táska cipő csizma ing kabát ruha nadrág szék asztal íróasztal lámpa fény ágy konyha kés bögre tál
        férfi női gyerek fiú lány könyv játék szerszám fúró festék étel kutya macska ápolás haj víz töltő
        akkumulátor képernyő fejhallgató nyomtató hátizsák iroda otthon kert méret darab csomag szállítás garancia""",
    "ro": """și în de la cu pe pentru din este nu o un care mai sau să fi ca ce sunt are prin între fără sub peste foarte
        ușor ideal perfect negru neagră alb albă roșu roșie albastru verde gri galben maro argintiu auriu roz mov
        mic mică mare lung scurt deschis închis nou nouă piele lemn oțel inoxidabil bumbac lână sticlă hârtie
        plastic cauciuc cablu husă geantă pantofi cizme cămașă jachetă rochie pantaloni scaun masă birou lampă
        lumină pat bucătărie cuțit cană bol bărbați femei copii băiat fată carte joc jucărie jucării unealtă unelte
        vopsea hrană câine pisică îngrijire păr apă încărcător baterie ecran căști imprimantă rucsac casă grădină
        mărime bucăți buc pachet livrare garanție""",
    "tr": """ve bir ile için bu da de çok daha en olarak olan gibi kadar sonra değil ya veya her ne var yok altında
        üzerinde arasında olmadan kolay mükemmel siyah beyaz kırmızı mavi yeşil gri sarı kahverengi gümüş altın
        pembe mor küçük büyük uzun kısa açık koyu yeni deri ahşap çelik paslanmaz pamuk yün cam kağıt plastik kauçuk
        kablo kılıf çanta ayakkabı bot gömlek ceket elbise pantolon sandalye masa lamba ışık yatak mutfak bıçak
        bardak kase erkek kadın çocuk kız bebek kitap oyun oyuncak alet matkap boya mama köpek kedi bakım saç su
        şarj pil ekran kulaklık yazıcı sırt ofis ev bahçe beden adet paket teslimat garanti""",
}

WORDS: Final[Mapping[str, frozenset[str]]] = {language: words(lines) for language, lines in _LINES.items()}
"""Words in lower case, by ISO 639-1 code."""

LETTERS: Final[Mapping[str, str]] = {
    "ß": "de", "ü": "de hu tr", "ä": "de sv fi", "ö": "de sv fi hu tr", "ł": "pl", "ą": "pl", "ę": "pl", "ś": "pl",
    "ź": "pl", "ż": "pl", "ń": "pl", "ć": "pl", "ř": "cs", "ě": "cs", "ů": "cs", "č": "cs", "š": "cs", "ž": "cs",
    "ý": "cs", "ñ": "es", "¿": "es", "¡": "es", "ã": "pt", "õ": "pt", "ç": "fr pt tr", "œ": "fr", "è": "fr it",
    "ê": "fr pt", "à": "fr it pt", "ù": "fr it", "ò": "it", "ì": "it", "î": "fr ro", "û": "fr", "å": "sv da nb",
    "ø": "da nb", "æ": "da nb", "ő": "hu", "ű": "hu", "ğ": "tr", "ş": "tr ro", "ı": "tr", "ă": "ro", "ș": "ro",
    "ț": "ro", "â": "fr ro pt",
}  # fmt: skip
"""Letters that few of these languages have."""

ENDINGS: Final[Mapping[str, str]] = {
    "ungen": "de", "ung": "de", "keit": "de", "heit": "de", "lich": "de", "isch": "de", "chen": "de", "schaft": "de",
    "tasche": "de", "maschine": "de", "ing": "en", "ness": "en", "less": "en", "ful": "en", "able": "en fr",
    "ers": "en nl fr", "tion": "en fr", "tions": "en fr", "ment": "fr en", "eur": "fr", "eurs": "fr", "euse": "fr",
    "eux": "fr", "ette": "fr", "ique": "fr", "aire": "fr", "ción": "es", "ciones": "es", "dad": "es", "idades": "pt es",
    "zione": "it", "zioni": "it", "tore": "it", "tori": "it", "elli": "it", "ção": "pt", "ções": "pt", "dade": "pt",
    "agem": "pt", "owy": "pl", "owa": "pl", "owe": "pl", "ość": "pl", "anie": "pl", "enie": "pl", "cki": "pl",
    "ska": "pl cs sv", "ové": "cs", "ový": "cs", "ová": "cs", "ení": "cs", "ost": "cs", "heid": "nl", "lijk": "nl",
    "ingen": "nl sv nb", "ijs": "nl", "tje": "nl", "ning": "sv da nb", "het": "sv nb", "inen": "fi", "nen": "fi",
    "ssa": "fi", "lla": "fi it", "teet": "fi", "lar": "tr", "ler": "tr", "lık": "tr", "lik": "tr", "ság": "hu",
    "ség": "hu", "nak": "hu", "ului": "ro", "ilor": "ro", "uri": "ro",
}  # fmt: skip
"""Word endings with the languages that they are common in."""
