/** Good texts in many scripts, each with something that a check of texts may take for a fault. Public domain, or written here. */
export const CLEAN_TEXTS: Readonly<Record<string, string>> = {
  'Russian verse, lines of one length': `Мой дядя самых честных правил,
Когда не в шутку занемог,
Он уважать себя заставил
И лучше выдумать не мог.
Его пример другим наука;
Но, боже мой, какая скука
С больным сидеть и день и ночь,
Не отходя ни шагу прочь!

Какое низкое коварство
Полуживого забавлять,
Ему подушки поправлять,
Печально подносить лекарство,
Вздыхать и думать про себя:
Когда же чёрт возьмёт тебя!
`,
  'polytonic Greek': `Μῆνιν ἄειδε, θεά, Πηληϊάδεω Ἀχιλῆος
οὐλομένην, ἣ μυρί’ Ἀχαιοῖς ἄλγε’ ἔθηκε,
πολλὰς δ’ ἰφθίμους ψυχὰς Ἄϊδι προΐαψεν
ἡρώων, αὐτοὺς δὲ ἑλώρια τεῦχε κύνεσσιν
οἰωνοῖσί τε πᾶσι· Διὸς δ’ ἐτελείετο βουλή,
ἐξ οὗ δὴ τὰ πρῶτα διαστήτην ἐρίσαντε
Ἀτρεΐδης τε ἄναξ ἀνδρῶν καὶ δῖος Ἀχιλλεύς.
`.normalize('NFC'),
  'pointed Hebrew, its marks as they are typed': `בְּרֵאשִׁית בָּרָא אֱלֹהִים אֵת הַשָּׁמַיִם וְאֵת הָאָרֶץ׃
וְהָאָרֶץ הָיְתָה תֹהוּ וָבֹהוּ וְחֹשֶׁךְ עַל־פְּנֵי תְהוֹם
וְרוּחַ אֱלֹהִים מְרַחֶפֶת עַל־פְּנֵי הַמָּיִם׃
וַיֹּאמֶר אֱלֹהִים יְהִי אוֹר וַיְהִי־אוֹר׃
`,
  'Arabic with vowels and marks of direction': `الْحَمْدُ لِلَّهِ رَبِّ الْعَالَمِينَ
الرَّحْمَٰنِ الرَّحِيمِ\u200f (١)
مَالِكِ يَوْمِ الدِّينِ\u200f (٢)
إِيَّاكَ نَعْبُدُ وَإِيَّاكَ نَسْتَعِينُ
`,
  'Persian, which needs joiners': `می\u200cخواهم که در این شهر زندگی کنم.
کتاب\u200cها را روی میز گذاشته\u200cاند و رفته\u200cاند.
نمی\u200cدانم چرا آن\u200cها هنوز نیامده\u200cاند.
`,
  'Hindi and Malayalam, which need joiners': `मैं हर सुबह नदी के किनारे जाता हूँ और क्\u200dष के उदाहरण लिखता हूँ।
राम ने कहा कि वह कल आएगा।
അവൻ്റെ വീട് പുഴയുടെ അരികിലാണ്. ന\u200d്റെ
`,
  'Thai with spaces of no width between words': `เรือ\u200bออก\u200bจาก\u200bท่าเรือ\u200bตอน\u200bเก้าโมง\u200bเช้า
ไม่มี\u200bใคร\u200bรู้\u200bว่า\u200bจะ\u200bกลับมา\u200bเมื่อไร
`,
  'Chinese verse, lines of one length': `床前明月光，
疑是地上霜。
举头望明月，
低头思故乡。

白日依山尽，黄河入海流。
欲穷千里目，更上一层楼。

春眠不觉晓，处处闻啼鸟。
夜来风雨声，花落知多少。

千山鸟飞绝
万径人踪灭
孤舟蓑笠翁
独钓寒江雪
`,
  'Japanese prose, its lines paragraphs': `　吾輩は猫である。名前はまだ無い。
　どこで生れたかとんと見当がつかぬ。何でも薄暗いじめじめした所でニャーニャー泣いていた事だけは記憶している。
　吾輩はここで始めて人間というものを見た。しかもあとで聞くとそれは書生という人間中で一番獰悪な種族であったそうだ。
`,
  Vietnamese: `Trăm năm trong cõi người ta,
Chữ tài chữ mệnh khéo là ghét nhau.
Trải qua một cuộc bể dâu,
Những điều trông thấy mà đau đớn lòng.
`.normalize('NFC'),
  'German with long s, dashes and a hyphen that stays': `Wer reitet ſo ſpät durch Nacht und Wind? –
Es iſt der Vater mit ſeinem Kind;
Er hat den Knaben wohl in dem Arm,
er faßt ihn ſicher, er hält ihn warm.
Vor- und Nachteile, Haus-
und Hoftür, auf-
und zugemacht, hin-
und hergetragen.
`,
  'French, set with no-break spaces': `«\u00a0Qui va là\u00a0?\u00a0» demanda-t-il\u202f; personne ne répondit.
«\u00a0Personne\u00a0!\u00a0» cria M.\u00a0Dupont, qui avait 10\u00a0000\u00a0francs.
Il était 8\u00a0h\u00a0; la rue dormait\u00a0: on n’entendait rien.
`,
  'Czech, with a no-break space after words of one letter': `Byl jednou v\u00a0jednom městě, k\u00a0němuž vedla cesta, starý mlynář.
Žil s\u00a0kočkou a\u00a0psem u\u00a0řeky. V\u00a0zimě topil dřevem z\u00a0lesa.
`,
  'emoji in sequences': `We flew home 👩\u200d🚀 and the whole family 👨\u200d👩\u200d👧 was there ❤️\u200d🔥.
Then the pirates came 🏴\u200d☠️ and we left again.
`,
  'numbered poems': Array.from(
    { length: 8 },
    (_, index) =>
      `${index + 1}\n\nThe boat goes out at ${index + 5},\nand nobody knows its name;\nthe lamp is lit on the other side.`,
  ).join('\n\n'),
  'chapters by Roman numerals': Array.from(
    { length: 6 },
    (_, index) =>
      `CHAPTER ${['I', 'II', 'III', 'IV', 'V', 'VI'][index]}.\n\nThe ferry crossed the river ${index + 2} times a day, and nobody counted the crossings at night, for its bell had a crack in it.`,
  ).join('\n\n'),
  'acts and scenes': Array.from(
    { length: 5 },
    (_, index) =>
      `SCENE ${index + 1}\n\nANNA: We have met ${index + 1} times, and I am still waiting\nBRUNO: for the ferry, I know.`,
  ).join('\n\n'),
  'years as headings, entries without a full stop': Array.from(
    { length: 12 },
    (_, index) => `${1860 + index}\n\nThe ferry crossed the river ${index + 2} times a day, and so on`,
  ).join('\n\n'),
  'a play whose speakers break off': Array.from(
    { length: 12 },
    (_, index) => `${['ANNA', 'BRUNO', 'THE MILLER'][index % 3]}\n\nWe have met ${index + 1} times, and I am,`,
  ).join('\n\n'),
  'a chat in lines of one length': Array.from(
    { length: 20 },
    (_, index) => `[12:${10 + index}] anna: the boat is at the pier aga`,
  ).join('\n'),
  'free verse in lower case': `the boat
goes out
at nine and nobody
on the pier waves
because the rain has begun to fall on
all of us

and the lamp
is lit
by a boy with a very long pole who
does not look up
at the stars
`,
  'a refrain that is a stanza of its own': Array.from(
    { length: 9 },
    (_, index) =>
      `The ferry sailed in month ${index + 1},\nthe wind was in the ${['north', 'south', 'west'][index % 3]} again.\n\nRow on, row on, the river is long,\nand the lamp is lit on the other side;\nrow on, row on, and sing your song,\nthe lamp is lit, and the river is wide.`,
  ).join('\n\n'),
  'a book that speaks of computers': `Type \\n for a new line, wrote the teacher, and closed the lid.
The file lay in C:\\notes\\new and nobody found it.
A byte-order mark, a soft hyphen, an email to a@b.example: nothing of this is a fault.
See page 12 for more, and [note 3] on page 13.
`,
  'a book that quotes Project Gutenberg': `He read everything that Project Gutenberg had on the subject of ferries.
The end of the book, said the small print, is never the end of the story.
This is a digital copy, she wrote, of something that I lost.
`,
  'Portuguese in capitals': `NÃO, DISSE ELA, A CANÇÃO NÃO É MINHA.
A ESTAÇÃO ESTÁ VAZIA; O CORAÇÃO TAMBÉM. “Ã” É UMA LETRA.
`,
};
