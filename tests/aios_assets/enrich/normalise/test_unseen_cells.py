# ruff: noqa: RUF001 - characters that look like others are what this file is about
"""Cells as shops send them, written down before the rules for them: what each says, or None where it has to say nothing."""

import polars as pl

from aios_assets.enrich.normalise import identifier, price, quantity, text

PRICES = [
    ("CHF 1'234.50", "1234.5", "CHF"), ("1’234.50 Fr.", "1234.5", "CHF"), ("CHF 1 234.50", "1234.5", "CHF"),
    ("Fr. 12.–", "12", "CHF"), ("CHF 12.--", "12", "CHF"), ("12,-", "12", None), ("12,–", "12", None),
    ("12.-", "12", None), ("12,--", "12", None), ("€12,-", "12", "EUR"), ("1.299,- €", "1299", "EUR"),
    ("1299,-- EUR", "1299", "EUR"), ("₹ 1,23,456.00", "123456", "INR"), ("1,23,456", "123456", None),
    ("Rs. 12,34,567/-", "1234567", None), ("₹12 lakh", None, None), ("INR 99/-", "99", "INR"),
    ("١٢٫٥٠ د.إ.", "12.5", "AED"), ("۱۲۳٬۴۵۶ ریال", "123456", "IRR"), ("१२,३४५.६७ ₹", "12345.67", "INR"),
    ("１２３４円", "1234", "JPY"), ("￥１，２３４", "1234", None), ("৳ ১,২০০", "1200", "BDT"),
    ("1 234,56 zł", "1234.56", "PLN"), ("1.234,56 zł", "1234.56", "PLN"), ("zł 49,99", "49.99", "PLN"),
    ("49,99zł/szt.", "49.99", "PLN"), ("49,99 zł brutto", "49.99", "PLN"), ("AU$ 15.00", "15", "AUD"),
    ("US $15.00", "15", "USD"), ("US $1,299.00", "1299", "USD"), ("C $24.99", "24.99", "CAD"),
    ("AU $9.95", "9.95", "AUD"), ("USD$12", "12", "USD"), ("$12.00USD", "12", "USD"),
    ("kr. 129,00", "129", None), ("129,00 kr.", "129", None), ("kr 1 299,-", "1299", None),
    ("1.299 kr.", "1299", None), ("1 299:-", "1299", None), ("99:-", "99", None), ("299:90", None, None),
    ("£5 each", "5", "GBP"), ("£5.00 ea.", "5", "GBP"), ("$3.99/lb", None, None), ("€2,49/kg", None, None),
    ("£1.20 per 100g", None, None), ("2,99 €/Stück", "2.99", "EUR"), ("$4.50 each", "4.5", None),
    ("2 for £10", None, None), ("3 for 2", None, None), ("2/$5", None, None), ("3 za 10 zł", None, None),
    ("2 für 10 €", None, None), ("buy 1 get 1 free", None, None), ("EUR1.234", "1234", "EUR"),
    ("EUR 1.234", "1234", "EUR"), ("1.234 EUR", "1234", "EUR"), ("EUR1,234.00", "1234", "EUR"),
    ("EUR 1.234.567", "1234567", "EUR"), ("1.5 EUR", "1.5", "EUR"), ("-5,00 €", None, None),
    ("(5.00)", None, None), ("($5.00)", None, None), ("5.00-", None, None), ("−12.50", None, None),
    ("-$5", None, None), ("$-5.00", None, None), ("5.00 - 10.00", "5", None), ("£5–£10", "5", "GBP"),
    ("€10 to €20", "10", "EUR"), ("10,00 bis 20,00 €", "10", "EUR"), ("$10~$20", "10", None),
    ("entre 10 y 20 €", "10", "EUR"), ("ab 3,99", "3.99", None), ("ab 3,99 €", "3.99", "EUR"),
    ("vanaf € 3,99", "3.99", "EUR"), ("fra 99 kr", "99", None), ("från 99 kr", "99", None),
    ("alkaen 9,90 €", "9.9", "EUR"), ("desde 9,99 €", "9.99", "EUR"), ("a partir de R$ 99,90", "99.9", "BRL"),
    ("da € 9,90", "9.9", "EUR"), ("od 99 Kč", "99", "CZK"), ("már 990 Ft-tól", None, None),
    ("от 990 ₽", "990", "RUB"), ("starting at $9.99", "9.99", None), ("as low as $9.99", "9.99", None),
    ("dès 9,99 €", "9.99", "EUR"), ("was 10 now 8", None, None), ("was £10 now £8", None, None),
    ("Was $29.99, Now $19.99", None, None), ("statt 10,00 € nur 8,00 €", None, None), ("RRP £20", None, None),
    ("UVP 19,99 €", None, None), ("MSRP: $199", None, None), ("~~10~~ 8", None, None), ("POA", None, None),
    ("P.O.A.", None, None), ("price on application", None, None), ("auf Anfrage", None, None),
    ("Preis auf Anfrage", None, None), ("sur demande", None, None), ("call for price", None, None),
    ("TBC", None, None), ("TBA", None, None), ("tbd", None, None), ("n.v.t.", None, None), ("brak", None, None),
    ("#N/A", None, None), ("#REF!", None, None), ("NULL", None, None), ("None", None, None),
    ("nan", None, None), ("-", None, None), ("?", None, None), ("free", None, None), ("gratis", None, None),
    ("kostenlos", None, None), ("0.00", None, None), ("0,00 €", None, "EUR"), ("0", None, None),
    ("€ 0", None, "EUR"), ("19,99", "19.99", None), ("19.99", "19.99", None), ("1,234", None, None),
    ("1.234", None, None), ("1,23", "1.23", None), ("1.2345", "1.2345", None),
    ("1234567,89", "1234567.89", None), ("1.234.567,89", "1234567.89", None),
    ("1,234,567.89", "1234567.89", None), ("12.345.678", "12345678", None), ("1 234 567", "1234567", None),
    ("1'234", "1234", None), ("1,234.5", "1234.5", None), ("1.234,5", "1234.5", None), (".99", "0.99", None),
    (",99", "0.99", None), ("$.99", "0.99", None), ("99.", "99", None), ("5.", "5", None), ("+5.00", "5", None),
    ("00012.50", "12.5", None), ("1.2.3", None, None), ("1,2,3", None, None), ("12,34.56", None, None),
    ("1..5", None, None), ("1.234.56", None, None), ("1,234,56", None, None), ("1.23E+03", None, None),
    ("1e3", None, None), ("5,5E+02", None, None), ("12.5k", None, None), ("1.2M", None, None),
    ("$1.5K", None, None), ("EUR", None, None), ("€", None, None), ("$", None, None),
    ("19.99 inkl. MwSt.", "19.99", None), ("19,99 € inkl. MwSt", "19.99", "EUR"),
    ("£19.99 inc VAT", "19.99", "GBP"), ("£19.99 ex. VAT", "19.99", "GBP"), ("19,99 € HT", "19.99", "EUR"),
    ("19,99 € TTC", "19.99", "EUR"), ("19,99 netto", "19.99", None), ("$19.99 + tax", "19.99", None),
    ("19,99 €*", "19.99", "EUR"), ("19,99 €¹", "19.99", "EUR"), ("*19.99", "19.99", None),
    ("nur 19,99 €", "19.99", "EUR"), ("only £19.99", "19.99", "GBP"), ("Price: $19.99", "19.99", None),
    ("Preis: 19,99 €", "19.99", "EUR"), ("Prix : 19,99 €", "19.99", "EUR"), ("Cena: 19,99 zł", "19.99", "PLN"),
    ("=19.99", None, None), ("'19.99", "19.99", None), ("\"19.99\"", "19.99", None),
    ("19.99 (was 25)", None, None), ("ca. 20 €", None, None), ("~20", None, None), ("< 20 €", None, None),
    ("approx. $20", None, None), ("19€99", "19.99", "EUR"), ("19$99", "19.99", None),
    ("19 € 99", "19.99", "EUR"), ("19,9900", "19.99", None), ("19.990000", "19.99", None),
    ("19,99€", "19.99", "EUR"), ("€19,99", "19.99", "EUR"), ("19 EUR 99", "19.99", "EUR"),
    ("USD 19.99 / EUR 17.99", None, None), ("$19.99 €17.99", None, None), ("19.99 USD 17.99 EUR", None, None),
    ("19.99|USD", None, None), ("USD:19.99", "19.99", "USD"), ("USD=19.99", None, None),
    ("19.99_USD", None, None), ("$1 234.56", "1234.56", None), ("1\u00a0234,56\u00a0\u20ac", "1234.56", "EUR"),
    ("1\u202f234,56\u202f\u20ac", "1234.56", "EUR"), ("1.234,56€", "1234.56", "EUR"),
    ("&euro;19,99", "19.99", "EUR"), ("&pound;5.00", "5", "GBP"), ("19,99 &euro;", "19.99", "EUR"),
    ("&#163;5", "5", "GBP"), ("<b>19,99 €</b>", None, None), ("19.99\u200b", "19.99", None),
    ("\u200e$19.99", "19.99", None), ("l9.99", None, None), ("1O.99", None, None), ("10.O0", None, None),
    ("R$ 1.299,90", "1299.9", "BRL"), ("MXN$ 1,299.00", "1299", "MXN"), ("S/. 1,299.00", "1299", "PEN"),
    ("COP 129.900", "129900", "COP"), ("CLP 12.990", "12990", "CLP"), ("$12.990", "12990", None),
    ("ARS 12.990,00", "12990", "ARS"), ("Bs. 12,50", "12.5", None), ("₲ 125.000", "125000", "PYG"),
    ("12.990 ₫", "12990", "VND"), ("IDR 129.000", "129000", "IDR"), ("Rp129rb", None, None),
    ("₩ 12,900", "12900", "KRW"), ("¥12,900", "12900", None), ("12,900 yen", "12900", "JPY"),
    ("1万円", None, None), ("税込1,980円", "1980", "JPY"), ("1,980円(税込)", "1980", "JPY"), ("￥199.00起", "199", None),
    ("BHD 1.250", None, "BHD"), ("KWD 12.500", None, "KWD"), ("OMR 1,250.500", "1250.5", "OMR"),
    ("JOD 5", "5", "JOD"), ("TND 12,500", None, "TND"), ("ISK 1.299", "1299", "ISK"),
    ("1.299 Ft", "1299", "HUF"), ("1 299 Ft", "1299", "HUF"), ("1299,00 Ft", "1299", "HUF"),
    ("12,50 KM", "12.5", "BAM"), ("1.299,00 din", "1299", "RSD"), ("1.299,00 RSD", "1299", "RSD"),
    ("12,50 kn", None, None), ("12,50 лв", "12.5", "BGN"), ("1 299 грн", "1299", "UAH"),
    ("1 299 тг", "1299", "KZT"), ("1 299 ₸", "1299", "KZT"), ("₾ 12.50", "12.5", "GEL"),
    ("GBp 1250", None, None), ("1250 pence", None, None), ("125p", None, None), ("£1,250p", None, None),
    ("99 cents", "0.99", None), ("99c", None, None), ("2 990,00", "2990", None), ("12 34", None, None),
    ("12 345,6", "12345.6", None), ("1234 5678", None, None), ("1.234 56", None, None), ("12/5", None, None),
    ("12:50", None, None), ("12-50", None, None), ("19,99,-", None, None), ("2024-05-01", None, None),
    ("01.05.2024", None, None), ("19.99.2024", None, None), ("12,345.67.89", None, None), ("100%", None, None),
    ("20% off", None, None), ("-20 %", None, None), ("10 pts", None, None), ("size 10", None, None),
    ("A12.50", None, None), ("12.50A", None, None), ("SKU123", None, None), ("10.00 x 2", None, None),
    ("3x 9,99 €", None, None), ("9,99 € x 12 mois", None, None), ("12 x £9.99", None, None),
    ("£9.99/month", None, None), ("9,99 €/mtl.", None, None), ("$10 off", None, None), ("save $5", None, None),
    ("+ $4.99 shipping", None, None), ("19,99 € zzgl. Versand", "19.99", "EUR"),
    ("19.99 free shipping", None, None),
]  # fmt: skip
"""A price cell by itself, its amount (the lowest of several) and its currency."""

QUANTITIES = [
    ("1,5 l", "1.5 l"), ("0,7 Ltr.", "0.7 l"), ("1.75 Liter", "1.75 l"), ("1,75 litre", "1.75 l"),
    ("750 mL", "750 ml"), ("0,33L", "0.33 l"), ("1 l.", "1 l"), ("5 lt", "5 l"), ("75cl", "75 cl"),
    ("1/2 gal", "0.5 gal"), ("1/2 gallon", "0.5 gal"), ("½ gal", "0.5 gal"), ("12 fl oz", "12 fl oz"),
    ("12 Fl. Oz.", "12 fl oz"), ("12fl.oz", "12 fl oz"), ("12 fluid ounces", "12 fl oz"), ("1 qt", "1 qt"),
    ("2 pints", "2 pt"), ("1 pt", "1 pt"), ("6x330ml", "6 x 330 ml"), ("6 × 330 ml", "6 x 330 ml"),
    ("6*330ml", "6 x 330 ml"), ("24x33cl", "24 x 33 cl"), ("12 X 1L", "12 x 1 l"), ("4 x 125 g", "4 x 125 g"),
    ("6 à 330 ml", "6 to 330 ml"), ("330ml x 6", "6 x 330 ml"), ("2x1,5l", "2 x 1.5 l"),
    ("3 x 2 x 100 g", None), ("500 g / 17.6 oz", "500 g"), ("500g (17.6 oz)", "500 g"),
    ("17.6 oz (500 g)", "17.6 oz"), ("17.6oz/500g", "17.6 oz"), ("1 lb (454 g)", "1 lb"),
    ("15.6\" (39.6 cm)", "15.6 in"), ("39,6 cm (15,6 Zoll)", "39.6 cm"), ("30 cm / 12 in", "30 cm"),
    ("12 in / 30 cm", "12 in"), ("5'11\"", "71 in"), ("5' 11''", "71 in"), ("5 ft. 11 in.", "71 in"),
    ("5’11”", "71 in"), ("6 ft", "6 ft"), ("6ft.", "6 ft"), ("6 feet", "6 ft"), ("1 m 80 cm", "180 cm"),
    ("1 m 80", None), ("2 lb 3 oz", "35 oz"), ("1 h 30 min", "90 min"), ("9/16\"", "9/16 in"),
    ("9/16''", "9/16 in"), ("1 1/2\"", "1.5 in"), ("1-1/2 in", "1.5 in"), ("1 ½ in.", "1.5 in"),
    ("3/4-inch", "0.75 in"), ("3/4\"-16", None), ("1/4\" x 3/8\"", "0.25 x 0.375 in"), ("1/2\" NPT", None),
    ("W32 L34", None), ("32/34", None), ("W32/L34", None), ("EU 42", None), ("Size 10", None), ("UK 8", None),
    ("XL", None), ("42,5", None), ("10", None), ("10-Pack", "10 pack"), ("10 pk", "10 pack"),
    ("Pack of 10", "10 pack"), ("10er Pack", "10 pack"), ("2er-Set", "2 set"), ("2er Set", "2 set"),
    ("set of 2", "2 pcs"), ("3-teilig", "3 set"), ("12 count", "12 pcs"), ("100 ct.", "100 pcs"),
    ("100 Stk.", "100 pcs"), ("100 St.", "100 pcs"), ("10 Stück", "10 pcs"), ("10 pièces", "10 pcs"),
    ("10 unidades", "10 pcs"), ("10 pezzi", "10 pcs"), ("10 stuks", "10 pcs"), ("10 ks", "10 pcs"),
    ("10 adet", "10 pcs"), ("10 шт.", "10 pcs"), ("10個", "10 pcs"), ("pair", None), ("1 pair", "1 pairs"),
    ("2 Paar", "2 pairs"), ("1 dozen", "1 dozen"), ("AAA 4-pack", None), ("4 AAA", None), ("4-pack AAA", None),
    ("120 capsules", "120 capsules"), ("60 tablets", "60 tablets"), ("3 rolls", "3 rolls"),
    ("200 sheets", "200 sheets"), ("13-inch", "13 in"), ("13.3-inch", "13.3 in"), ("13.3”", "13.3 in"),
    ("13,3 Zoll", "13.3 in"), ("13 pouces", "13 in"), ("13 pulgadas", "13 in"), ("13 cali", "13 in"),
    ("13 tum", "13 in"), ("13 palců", "13 in"), ("13 дюймов", "13 in"), ("4K", None), ("8K UHD", None),
    ("1080p", None), ("100% cotton", None), ("100 % coton", None), ("95 %", "95 %"), ("2.4GHz", "2.4 GHz"),
    ("2,4 GHz", "2.4 GHz"), ("5G", None), ("802.11ac", None), ("USB 3.0", None), ("IP67", None),
    ("3600 rpm", "3600 rpm"), ("3600 U/min", "3600 rpm"), ("1,200 RPM", None), ("20 dB", "20 dB"),
    ("20000 mAh", "20000 mAh"), ("20.000 mAh", None), ("20,000mAh", None), ("3,7 V", "3.7 V"), ("230V~", None),
    ("230 V AC", "230 V"), ("12 VDC", "12 V"), ("100-240V", "100 to 240 V"), ("100–240 V", "100 to 240 V"),
    ("50/60 Hz", None), ("65 W", "65 W"), ("1,5 kW", "1.5 kW"), ("1500 Watt", "1500 W"), ("2 PS", "2 PS"),
    ("5 HP", "5 hp"), ("60 Wh", "60 Wh"), ("1.2 kWh", "1.2 kWh"), ("800 lm", "800 lm"), ("2700K", None),
    ("2700 K", None), ("16 GB", "16 GB"), ("512 Go", "512 GB"), ("1 To", "1 TB"), ("1TB SSD", None),
    ("16GB RAM", None), ("256 GB/8 GB", None), ("8 bit", "8 bit"), ("100 Mbps", "100 Mbit/s"),
    ("1 Gbit/s", "1 Gbit/s"), ("24 MP", "24 MP"), ("24 megapixels", "24 MP"), ("120 g/m²", "120 g/m²"),
    ("120 gsm", "120 g/m²"), ("80 den", None), ("5 bar", "5 bar"), ("35 psi", "35 psi"), ("20°C", "20 °C"),
    ("68 °F", "68 °F"), ("-18 °C", "-18 °C"), ("45°", "45 °"), ("3 years", "3 years"),
    ("24 Monate", "24 months"), ("2 Jahre", "2 years"), ("10 x 20 x 30 cm", "10 x 20 x 30 cm"),
    ("10x20x30cm", "10 x 20 x 30 cm"), ("10 × 20 × 30 cm", "10 x 20 x 30 cm"),
    ("10 X 20 X 30 CM", "10 x 20 x 30 cm"), ("10cm x 20cm x 30cm", "10 x 20 x 30 cm"),
    ("10*20*30 cm", "10 x 20 x 30 cm"), ("10,5 x 20,5 x 30 cm", "10.5 x 20.5 x 30 cm"),
    ("10\" x 20\" x 30\"", "10 x 20 x 30 in"), ("10\"W x 20\"H x 30\"D", "10 x 20 x 30 in"),
    ("10\"L x 20\"W", "10 x 20 in"), ("10 in W x 20 in H", "10 x 20 in"),
    ("L10 x B20 x H30 cm", "10 x 20 x 30 cm"), ("B: 10 cm, H: 20 cm, T: 30 cm", None),
    ("(BxHxT) 10 x 20 x 30 cm", "10 x 20 x 30 cm"), ("10/20/30 cm", None), ("Ø 10 cm", "10 cm"),
    ("Ø10 x 20 cm", "10 x 20 cm"), ("ø 10cm", "10 cm"), ("10 cm Ø", "10 cm"), ("H 20 cm", "20 cm"),
    ("20cm (H)", "20 cm"), ("10 x 20 mm x 3 m", None), ("10 mm x 3 m", None), ("2 m x 80 cm", None),
    ("10 by 20 inches", "10 x 20 in"), ("10 x 20", None), ("10 х 20 х 30 см", "10 x 20 x 30 cm"),
    ("10 na 20 cm", None), ("1.000 g", None), ("1,000 g", None), ("1.000 ml", None), ("1,000 mg", None),
    ("1.234,5 kg", "1234.5 kg"), ("1,234.5 kg", "1234.5 kg"), ("1 000 g", "1000 g"), ("1'000 g", "1000 g"),
    ("0.500 kg", "0.5 kg"), ("0,250 kg", "0.25 kg"), ("500gr", "500 g"), ("500 gr.", "500 g"),
    ("500 grams", "500 g"), ("500 Gramm", "500 g"), ("1 kilo", "1 kg"), ("2 kilos", "2 kg"),
    ("2,5 KG", "2.5 kg"), ("5 lbs.", "5 lb"), ("5#", None), ("8 oz.", "8 oz"), ("8 ounces", "8 oz"),
    ("200 mcg", "200 µg"), ("200 µg", "200 µg"), ("200 μg", "200 µg"), ("1000 IU", "1000 IU"), ("1 t", "1 t"),
    ("5 mm", "5 mm"), ("5 Millimeter", "5 mm"), ("5mtr", "5 m"), ("5 mts", "5 m"), ("5 metros", "5 m"),
    ("5 mètres", "5 m"), ("5 yds", "5 yd"), ("3 sq. ft.", "3 ft²"), ("3 m2", None), ("3 qm", "3 m²"),
    ("3 m³", "3 m³"), ("3 cbm", "3 m³"), ("approx. 500 g", None), ("ca. 500 g", None), ("~500 g", None),
    ("min. 500 g", None), ("up to 10 kg", None), ("max. 150 kg", None), ("> 5 kg", None), ("≥5 kg", None),
    ("±2 mm", None), ("500 g ± 5", None), ("500 g e", "500 g"), ("℮500 g", "500 g"), ("500 g netto", "500 g"),
    ("net wt. 500 g", "500 g"), ("Net Wt 12 oz (340 g)", "12 oz"), ("٥٠٠ غ", None), ("500 г", "500 g"),
    ("500 гр", "500 g"), ("0,5 кг", "0.5 kg"), ("500グラム", None), ("５００ｇ", "500 g"), ("n/a", None), ("", None),
    ("varies", None), ("see description", None),
]  # fmt: skip

GTINS = [
    ("978-0-306-40615-7", "09780306406157"), ("9780306406157", "09780306406157"),
    ("978 0 306 40615 7", "09780306406157"), ("0306406152", None), ("080442957X", None), ("5.01E+12", None),
    ("5,01E+12", None), ("5.01234E12", None), ("5.012345678900E+12", "05012345678900"),
    ("4.006381333931E+12", "04006381333931"), ("4006381333931", "04006381333931"), ("4006381333930", None),
    ("'4006381333931", "04006381333931"), ("=\"4006381333931\"", "04006381333931"),
    ("\"4006381333931\"", "04006381333931"), ("4006381333931,", None), ("4006381333931;4006381333948", None),
    ("4006381333931/4006381333948", None), ("4006381333931 ", "04006381333931"),
    ("\u200b4006381333931", "04006381333931"), ("４００６３８１３３３９３１", "04006381333931"),
    ("036000291452", "00036000291452"), ("36000291452", None), ("0036000291452", "00036000291452"),
    ("4.006381333931", None), ("4,006,381,333,931", "04006381333931"), ("4.006.381.333.931", "04006381333931"),
    ("4006381333931.00", "04006381333931"), ("4006381333931,0", "04006381333931"),
    ("EAN:4006381333931", "04006381333931"), ("ean13 4006381333931", "04006381333931"),
    ("UPC-A 036000291452", "00036000291452"), ("GTIN-14 00036000291452", "00036000291452"),
    ("(01)04006381333931", "04006381333931"), ("(01) 0 4006381 33393 1", "04006381333931"),
    ("]C10104006381333931", None), ("0000000000000", None), ("1111111111116", None), ("1234567890123", None),
    ("none", None), ("nicht zutreffend", None), ("no barcode", None), ("exempt", None), ("n.a.", None),
    ("0", None), ("00000000", None), ("96385074", "00000096385074"), ("9638507", None), ("40063813339", None),
    ("04006381333931", "04006381333931"), ("14006381333938", "14006381333938"), ("2000000000008", None),
    ("4006381-333931", "04006381333931"), ("4006381_333931", None), ("4006381333931-1", None),
    ("-4006381333931", "04006381333931"), ("4006381333931 (EAN)", "04006381333931"), ("9.78031E+12", None),
    ("979-10-90636-07-1", "09791090636071"), ("9 780306 406157", "09780306406157"),
    ("urn:isbn:9780306406157", None), ("ISBN 978-0-306-40615-7", "09780306406157"), ("ISSN 0317-8471", None),
    ("B00005N5PF", None),
]  # fmt: skip

TITLES = [
    ("Tom &amp;amp; Jerry", "Tom & Jerry"), ("Caf&amp;eacute; Cr&egrave;me", "Café Crème"),
    ("5&quot; Rohr", "5\" Rohr"), ("5&amp;quot; Rohr", "5\" Rohr"), ("L&#39;Or&#233;al", "L'Oréal"),
    ("L&amp;#39;Oréal", "L'Oréal"), ("Black &amp Decker", "Black & Decker"),
    ("Rock&#x2019;n Roll", "Rock’n Roll"), ("100&nbsp;% Wolle", "100 % Wolle"),
    ("Gr&ouml;&szlig;e M", "Größe M"), ("Nike\u200b Air\u200c Max", "Nike Air Max"),
    ("\u202eNike\u202c Air", "Nike Air"), ("Nike\ufeff Air", "Nike Air"), ("Äpfel", "Äpfel"),
    ("<p>Sofa &lt;2m&gt;</p>", "Sofa <2m>"), ("<b>Bold</b>Title", "BoldTitle"), ("Sofa<br/>blau", "Sofa blau"),
    ("H&M Shirt", "H&M Shirt"), ("AT&T;", "AT&T;"), ("a &lt; b", "a < b"), ("MÃ¼ller Tisch", "MÃ¼ller Tisch"),
    ("Soft\u00adshell", "Softshell"), ("1&frac12; Zoll", "1½ Zoll"), ("Ti̇", "Ti̇"),
    ("Bosch®&trade;", "Bosch®™"), ("x &plusmn; y", "x ± y"), ("C&copy", "C&copy"),
    ("“Smart” Quotes", "“Smart” Quotes"), ("Tab\tTab", "Tab Tab"), ("a&#0;b", "ab"), ("&#128512; Fun", "😀 Fun"),
    ("&lt;br&gt;Sofa", "Sofa"), ("[[Sofa]]", "[[Sofa]]"), ("Sofa\\nblau", "Sofa\\nblau"),
    ("Sofa   blau", "Sofa blau"), ("\uff33\uff2f\uff26\uff21\u3000\uff42\uff4c\uff41\uff55", "SOFA blau"),
    ("fiﬁx", "fiﬁx"),
]  # fmt: skip


def cells(table) -> pl.Series:
    return pl.Series("cell", [row[0] for row in table], dtype=pl.String)


def test_prices_and_currencies():
    told = price.read(cells(PRICES))
    amounts = [None if value is None else f"{value.normalize():f}" for value in told["price"].struct["value"]]
    read = list(zip(cells(PRICES), amounts, told["currency"].struct["value"], strict=True))
    assert read == PRICES


def test_a_null_price_names_a_rule_that_has_words():
    told = price.read(cells(PRICES))["price"].struct.unnest()
    assert set(told["by"]) <= set(price.RULES)
    assert set(told.filter(pl.col("value").is_null())["by"]) <= price.REFUSALS


def test_quantities():
    told = quantity.read(cells(QUANTITIES))["quantity"].struct
    assert list(zip(cells(QUANTITIES), told["value"], strict=True)) == QUANTITIES
    assert set(told["by"]) <= set(quantity.RULES)


def test_trade_item_numbers():
    assert list(zip(cells(GTINS), identifier.gtin(cells(GTINS)).struct["value"], strict=True)) == GTINS


def test_titles():
    assert list(zip(cells(TITLES), text.title(cells(TITLES))["title"].struct["value"], strict=True)) == TITLES
