"""Writes test/golden/reading.json: texts in the encodings and forms that people bring them in, and what is in them.

    python e2e/python/makeReadingGolden.py

Bytes are made by Python's own codecs, csv, json, gzip, zipfile and tarfile. Each entry has the file's name, its bytes as
base64, and the text that is to come of it, or its words where only they are to be the same.
"""

import base64
import csv
import gzip
import html
import io
import json
import re
import tarfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# The first article of the Universal Declaration of Human Rights.
ARTICLE = {
    "fr": "Tous les êtres humains naissent libres et égaux en dignité et en droits. Ils sont doués de raison et de conscience et doivent agir les uns envers les autres dans un esprit de fraternité.",
    "de": "Alle Menschen sind frei und gleich an Würde und Rechten geboren. Sie sind mit Vernunft und Gewissen begabt und sollen einander im Geiste der Brüderlichkeit begegnen.",
    "es": "Todos los seres humanos nacen libres e iguales en dignidad y derechos y, dotados como están de razón y conciencia, deben comportarse fraternalmente los unos con los otros. Sin más, mañana será otro día.",
    "pt": "Todos os seres humanos nascem livres e iguais em dignidade e em direitos. Dotados de razão e de consciência, devem agir uns para com os outros em espírito de fraternidade.",
    "sv": "Alla människor är födda fria och lika i värde och rättigheter. De är utrustade med förnuft och samvete och bör handla gentemot varandra i en anda av broderskap.",
    "da": "Alle mennesker er født frie og lige i værdighed og rettigheder. De er udstyret med fornuft og samvittighed, og de bør handle mod hverandre i en broderskabets ånd.",
    "fi": "Kaikki ihmiset syntyvät vapaina ja tasavertaisina arvoltaan ja oikeuksiltaan. Heille on annettu järki ja omatunto, ja heidän on toimittava toisiaan kohtaan veljeyden hengessä.",
    "pl": "Wszyscy ludzie rodzą się wolni i równi pod względem swej godności i swych praw. Są oni obdarzeni rozumem i sumieniem i powinni postępować wobec innych w duchu braterstwa.",
    "cs": "Všichni lidé rodí se svobodní a sobě rovní co do důstojnosti a práv. Jsou nadáni rozumem a svědomím a mají spolu jednat v duchu bratrství.",
    "hu": "Minden emberi lény szabadon születik és egyenlő méltósága és joga van. Az emberek, ésszel és lelkiismerettel bírván, egymással szemben testvéri szellemben kell hogy viseltessenek.",
    "hr": "Sva ljudska bića rađaju se slobodna i jednaka u dostojanstvu i pravima. Ona su obdarena razumom i sviješću i trebaju jedna prema drugima postupati u duhu bratstva.",
    "tr": "Bütün insanlar hür, haysiyet ve haklar bakımından eşit doğarlar. Akıl ve vicdana sahiptirler ve birbirlerine karşı kardeşlik zihniyeti ile hareket etmelidirler.",
    "lt": "Visi žmonės gimsta laisvi ir lygūs savo orumu ir teisėmis. Jiems suteiktas protas ir sąžinė ir jie turi elgtis vienas kito atžvilgiu kaip broliai.",
    "lv": "Visi cilvēki piedzimst brīvi un vienlīdzīgi savā pašcieņā un tiesībās. Viņi ir apveltīti ar saprātu un sirdsapziņu, un viņiem jāizturas citam pret citu brālības garā.",
    "et": "Kõik inimesed sünnivad vabadena ja võrdsetena oma väärikuselt ja õigustelt. Neile on antud mõistus ja südametunnistus ja nende suhtumist üksteisesse peab kandma vendluse vaim.",
    "ru": "Все люди рождаются свободными и равными в своем достоинстве и правах. Они наделены разумом и совестью и должны поступать в отношении друг друга в духе братства.",
    "uk": "Всі люди народжуються вільними і рівними у своїй гідності та правах. Вони наділені розумом і совістю і повинні діяти у відношенні один до одного в дусі братерства.",
    "bg": "Всички хора се раждат свободни и равни по достойнство и права. Те са надарени с разум и съвест и следва да се отнасят помежду си в дух на братство.",
    "el": "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα. Είναι προικισμένοι με λογική και συνείδηση, και οφείλουν να συμπεριφέρονται μεταξύ τους με πνεύμα αδελφοσύνης.",
    "he": "כל בני האדם נולדו בני חורין ושווים בערכם ובזכויותיהם. כולם חוננו בתבונה ובמצפון, לפיכך חובה עליהם לנהוג איש ברעהו ברוח של אחווה.",
    "ar": "يولد جميع الناس أحرارا متساوين في الكرامة والحقوق. وقد وهبوا عقلا وضميرا وعليهم أن يعامل بعضهم بعضا بروح الإخاء.",
    "th": "มนุษย์ทั้งหลายเกิดมามีอิสระและเสมอภาคกันในเกียรติศักดิ์และสิทธิ ต่างมีเหตุผลและมโนธรรม และควรปฏิบัติต่อกันด้วยเจตนารมณ์แห่งภราดรภาพ",
    "ja": "すべての人間は、生まれながらにして自由であり、かつ、尊厳と権利とについて平等である。人間は、理性と良心とを授けられており、互いに同胞の精神をもって行動しなければならない。",
    "zh": "人人生而自由，在尊严和权利上一律平等。他们赋有理性和良心，并应以兄弟关系的精神相对待。",
    "zh-Hant": "人人生而自由，在尊嚴和權利上一律平等。他們賦有理性和良心，並應以兄弟關係的精神互相對待。",
    "ko": "모든 인간은 태어날 때부터 자유로우며 그 존엄과 권리에 있어 동등하다. 인간은 천부적으로 이성과 양심을 부여받았으며 서로 형제애의 정신으로 행동하여야 한다.",
}

ENCODINGS = {
    "cp1252": "fr de es pt sv da fi",
    "iso8859-15": "fr fi",
    "mac-roman": "fr de es",
    "cp850": "fr de",
    "cp1250": "pl cs hu hr",
    "iso8859-2": "pl cs",
    "cp852": "pl cs",
    "cp1251": "ru uk bg",
    "koi8-r": "ru",
    "koi8-u": "uk",
    "iso8859-5": "ru",
    "cp866": "ru",
    "mac-cyrillic": "ru",
    "cp1253": "el",
    "iso8859-7": "el",
    "cp1254": "tr",
    "cp1255": "he",
    "cp1256": "ar",
    "iso8859-6": "ar",
    "cp1257": "lt lv",
    "iso8859-13": "lv",
    "cp874": "th",
    "shift_jis": "ja",
    "euc_jp": "ja",
    "iso2022_jp": "ja",
    "gb2312": "zh",
    "gb18030": "zh",
    "big5": "zh-Hant",
    "euc_kr": "ko",
    "utf-8-sig": "ru ja",
    "utf-16": "fr ar",
    "utf-16-le": "fr ru zh",
    "utf-16-be": "el ja",
    "utf-32": "fr",
    "utf-32-be": "he",
}

POEMS = [
    "\n".join(lines)
    for block in (ROOT / "public/data/sonnets.txt").read_text(encoding="utf-8").split("\n\n")[:12]
    if len(lines := [line.strip() for line in block.split("\n") if line.strip()][1:4]) > 2
]
LINES = [line for poem in POEMS for line in poem.split("\n")]

entries: list[dict[str, object]] = []


def add(name: str, content: str | bytes, form: str, documents: list[str] | None, *, exact: bool = True) -> None:
    """One file. `documents` are separated by a blank line; None: it is refused."""
    raw = content.encode("utf-8") if isinstance(content, str) else content
    text = None if documents is None else "\n\n".join(documents) + "\n"
    kind = {} if text is None else {"text" if exact else "words": text}
    entries.append({"name": name, "format": form, "bytes": base64.b64encode(raw).decode(), **kind})


def table(delimiter: str, quoting: int = csv.QUOTE_MINIMAL, header: bool = True, end: str = "\n") -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=end)
    if header:
        writer.writerow(["number", "Text", "poet"])
    for at, poem in enumerate(POEMS):
        writer.writerow([at + 1, poem, "Shakespeare, W."])
    return out.getvalue()


def tables() -> None:
    add("comma.csv", table(","), "csv", POEMS)
    add("semicolon.csv", "\ufeff" + table(";", csv.QUOTE_ALL, end="\r\n"), "csv", POEMS)
    add("hint.csv", "sep=;\n" + table(";"), "csv", POEMS)
    add("bar.txt", table("|"), "csv", POEMS)
    add("bare.csv", table(",", header=False), "csv", POEMS)
    add("tab.tsv", table("\t"), "tsv", POEMS)
    add("excel.txt", table("\t").encode("utf-16"), "tsv", POEMS)
    add("lone-quotes.tsv", "\n".join(f'{at}\t"{line}' for at, line in enumerate(LINES)), "tsv", [f'"{line}' for line in LINES])
    add("index.csv", ",text\n" + "\n".join(f'{at},"{line}"' for at, line in enumerate(LINES)), "csv", LINES)


def jsons() -> None:
    records = [{"title": f"Sonnet {at + 1}", "url": f"https://example.org/{at}", "content": poem} for at, poem in enumerate(POEMS)]
    add("strings.json", json.dumps(POEMS), "json", POEMS)
    add("records.json", json.dumps(records, indent=2), "json", POEMS)
    add("inner.json", json.dumps({"meta": {"source": "a book of some age"}, "data": records}), "json", POEMS)
    add("lines.json", json.dumps([{"title": "A title", "lines": poem.split("\n")} for poem in POEMS]), "json", POEMS)
    add("columns.json", json.dumps({"text": {str(at): poem for at, poem in enumerate(POEMS)}}), "json", POEMS)
    add("split.json", json.dumps({"columns": ["n", "text"], "data": [[str(at), poem] for at, poem in enumerate(POEMS)]}), "json", POEMS)
    add("records.jsonl", "\n".join(json.dumps(record) for record in records), "jsonl", POEMS)
    add("cut.jsonl", "\n".join(json.dumps(record) for record in records) + '\n{"title": "Son', "jsonl", POEMS)
    add("whole.json", json.dumps({"text": "\n\n".join(POEMS)}), "json", ["\n".join(POEMS)])
    add("cut.json", json.dumps(records)[:-100], "json", None)


def tokens_of(line: str) -> list[str]:
    return re.findall(r"[\w’'-]+|[^\w\s]", line)


def corpora() -> None:
    def rows(line: str, write) -> str:
        return "\n".join(write(at + 1, token) for at, token in enumerate(tokens_of(line)))

    universal = "\n\n".join(
        f"# text = {line}\n" + rows(line, lambda at, token: f"{at}\t{token}\t{token.lower()}\tX\t_\t_\t0\tdep\t_\t_") for line in LINES
    )
    add("ud.conllu", universal + "\n", "conll", ["\n".join(LINES)])
    add("ner.txt", "-DOCSTART- -X- O O\n\n" + "\n\n".join(rows(line, lambda _, token: f"{token} NN B-NP O") for line in LINES), "conll", LINES, exact=False)
    vertical = "<doc>\n" + "\n".join("<s>\n" + rows(line, lambda _, token: f"{token}\tNN") + "\n</s>" for line in LINES) + "\n</doc>\n"
    add("corpus.vert", vertical, "conll", LINES, exact=False)


def markups() -> None:
    paragraphs = "".join(f"<p class='x'>{html.escape(poem).replace(chr(10), '<br>')}</p>\n" for poem in POEMS)
    page = f"<!DOCTYPE html><html><head><title>Poems</title><script>if (a < b) f();</script><style>p {{}}</style></head><body><nav>Home</nav>{paragraphs}<footer>2020</footer></body></html>"
    add("page.html", page, "html", POEMS)
    add("latin.html", page.replace("<head>", '<head><meta charset="iso-8859-1">').replace("Home", "Caf\u00e9").encode("latin-1", "xmlcharrefreplace"), "html", POEMS)
    verses = "".join("<div><lg>" + "".join(f"<l>{html.escape(line)}<note>Not the text.</note></l>" for line in poem.split("\n")) + "</lg></div>" for poem in POEMS)
    tei = f'<?xml version="1.0" encoding="UTF-8"?>\n<TEI xmlns="http://www.tei-c.org/ns/1.0"><teiHeader><title>Header</title></teiHeader><text><front><p>Front</p></front><body>{verses}</body></text></TEI>'
    add("edition.xml", tei, "tei", POEMS)
    add("edition-16.xml", tei.replace("UTF-8", "UTF-16").encode("utf-16"), "tei", POEMS)
    add("play.xml", "<PLAY>" + "".join(f"<SPEECH><SPEAKER>A</SPEAKER><LINE>{html.escape(line)}</LINE></SPEECH>" for line in LINES) + "</PLAY>", "xml", LINES)
    feed = "".join(f"<item><title>News</title><description>{html.escape('<p>' + html.escape(line) + '</p>')}</description></item>" for line in LINES)
    add("feed.xml", f'<?xml version="1.0"?><rss><channel>{feed}</channel></rss>', "xml", LINES)


def timed() -> None:
    cues = [(f"00:{at // 60:02}:{at % 60:02}", line) for at, line in enumerate(LINES)]
    add("film.srt", "\r\n\r\n".join(f"{at}\r\n{time},100 --> {time},900\r\n<i>{line}</i>" for at, (time, line) in enumerate(cues, 1)), "subtitles", ["\n".join(LINES)])
    add("film.vtt", "WEBVTT\n\nNOTE x\n\n" + "\n\n".join(f"{time}.100 --> {time}.900 align:start\n<v A>{line}</v>" for time, line in cues), "subtitles", ["\n".join(LINES)])
    add("film.ass", "[Script Info]\n[Events]\n" + "\n".join(f"Dialogue: 0,0:{time[3:]}.00,0:{time[3:]}.90,D,,0,0,0,,{{\\i1}}{line}" for time, line in cues), "subtitles", ["\n".join(LINES)])
    add("song.lrc", "[ar:A]\n" + "\n".join(f"[{time[3:]}.10]{line}" for time, line in cues), "timed", ["\n".join(LINES)])
    add("chat.txt", "\n".join(f"12/03/20, 10:{at % 60:02} - Anna: {line}" for at, line in enumerate(LINES)), "timed", ["\n".join(LINES)])
    add("post.md", "---\ntitle: A post\ntags:\n  - a\n---\n\n" + "\n\n".join(POEMS) + "\n", "markdown", POEMS)


def packed() -> None:
    whole = "\n\n".join(POEMS) + "\n"
    add("poems.txt.gz", gzip.compress(whole.encode(), mtime=0), "plain", POEMS)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for at, poem in enumerate(POEMS):
            archive.writestr(zipfile.ZipInfo(f"poems/{at:02}.txt"), poem)
        archive.writestr(zipfile.ZipInfo("__MACOSX/._00.txt"), b"\0\5")
        archive.writestr(zipfile.ZipInfo("cover.png"), b"\x89PNG\r\n\x1a\n")
    add("poems.zip", out.getvalue(), "plain", POEMS, exact=False)
    out = io.BytesIO()
    with tarfile.open(fileobj=out, mode="w:gz") as archive:
        for at, poem in enumerate(POEMS):
            info = tarfile.TarInfo(f"poems/{at:02}.txt")
            info.size = len(poem.encode())
            archive.addfile(info, io.BytesIO(poem.encode()))
    add("poems.tar.gz", out.getvalue(), "plain", POEMS, exact=False)
    word = "".join(f"<w:p><w:r><w:t>{html.escape(line)}</w:t></w:r></w:p>" for line in LINES)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(zipfile.ZipInfo("word/document.xml"), f"<w:document><w:body>{word}</w:body></w:document>")
    add("poems.docx", out.getvalue(), "docx", ["\n".join(LINES)])


def encodings() -> None:
    for encoding, languages in ENCODINGS.items():
        for language in languages.split():
            text = "\n\n".join(f"{ARTICLE[language]}\n{ARTICLE[language]}" for _ in range(2)) + "\n"
            raw = text.encode(encoding)
            entries.append({"name": f"{language}-{encoding}.txt", "format": "plain", "bytes": base64.b64encode(raw).decode(), "text": raw.decode(encoding)})


for part in (encodings, tables, jsons, corpora, markups, timed, packed):
    part()
target = ROOT / "test/golden/reading.json"
target.write_text("[\n" + ",\n".join(json.dumps(entry, ensure_ascii=False) for entry in entries) + "\n]\n", encoding="utf-8")
print(f"{len(entries)} files, {target.stat().st_size} bytes")
