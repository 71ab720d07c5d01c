/**
 * What tells languages apart by their letters: which letters beyond ASCII a language has, and its commonest words. By these a
 * text that was decoded in the wrong encoding is seen to be none.
 */

export type Language = (typeof LANGUAGES)[number];

const ACUTE = 'áéíóúý';
const HIRAGANA = Array.from({ length: 0x53 }, (_, at) => String.fromCharCode(0x3041 + at)).join('');

/** Code, letters, words; and how usual the letters are where they are a choice. */
const ROWS: readonly (readonly [code: string, letters: string, words: string, usual?: number])[] = [
  ['en', 'éèêëàâäçïîôöñüæœ', 'the of and to in a is that it was he for with as his on be at by had not but from i you'],
  ['fr', 'éèêëàâçîïôûùüÿœæ', 'de la le et les des en un une du est que qui dans il pour au pas sur par ne se ce'],
  ['de', 'äöüßéà', 'der die und in den von zu das mit sich des auf für ist im dem nicht ein eine als auch es an'],
  ['es', 'áéíóúñü', 'de la que el en y a los se del las un por con no una su para es al lo como'],
  ['pt', 'ãõáéíóúâêôàçü', 'de a o que e do da em um para com não uma os no se na por mais as dos'],
  ['it', 'àèéìíîòóù', 'di e il la che in un a per è una non con si da del le i dei nel come'],
  ['ca', 'àèéíïòóúüç', 'de la i el a que en les els un del per no una amb es al com'],
  ['gl', 'áéíóúñüï', 'de a o que e do da en un para con non unha os no se na por'],
  ['nl', 'ëïéèöüáóê', 'de van het een en in is dat op te zijn met voor niet aan er om ook'],
  ['sv', 'åäöéàü', 'och i att det som en på är av för med den till inte ett om han var'],
  ['da', 'æøåéö', 'og i at det er en til på som de for af med den der ikke et har'],
  ['no', 'æøåéòôö', 'og i at det er en til på som de for av med den der ikke et har'],
  ['fi', 'äöåšž', 'ja on ei se että hän oli ovat mutta kun niin kuin myös tai sen jos'],
  ['is', 'áéíóúýðþæö', 'og að í á er sem til um við það var en hann ekki af með fyrir'],
  ['et', 'äöõüšž', 'ja on ei et see ta oli mis kui ka aga siis nii või seda kes'],
  ['lt', 'ąčęėįšųūž', 'ir kad yra į iš su tai ne jis bet kaip nuo buvo per ar už'],
  ['lv', 'āčēģīķļņšūžŗō', 'un ir ar no uz par kas ka tas nav bija pie vai lai kā'],
  ['pl', 'ąćęłńóśźż', 'w i na z się do nie to że jest o a jak po co ale za od przez'],
  ['cs', `ěščřžůďťň${ACUTE}`, 'a se v na je že s z do o to jako i ve pro za by ale po'],
  ['sk', `äčďĺľňôŕšťž${ACUTE}`, 'a sa v na je že s z do o to ako i vo pre za by ale po'],
  ['hu', 'áéíóöőúüű', 'a az és hogy nem is egy ez volt csak meg de van el ha már még'],
  ['ro', 'ăâîșțşţ', 'și şi de în a la cu nu o care un din pe mai să că este se'],
  ['hr', 'čćđšž', 'i u je se da na su za od a s ne što kao o iz ili ali'],
  ['sl', 'čšž', 'in je v na se da za so ki pri ne z po kot pa s ali bi'],
  ['sq', 'ëç', 'të e në dhe që i një për me nga se është nuk u ka si'],
  ['tr', 'çğıöşüâîû', 've bir bu da de için ile çok ne gibi o daha olarak ama kadar her'],
  ['az', 'əçğıöşü', 'və bir bu da də üçün ilə çox nə kimi o daha ki'],
  ['eo', 'ĉĝĥĵŝŭ', 'la de kaj en estas al kun por ne mi li kiu ke sur'],
  ['mt', 'ċġħżàèìòù', 'il ta li u fil tal għal minn ma hija dan huwa'],
  ['cy', 'âêîôûŵŷïá', 'y yn a i o ar yr ei mae ac wedi am bod'],
  ['ga', 'áéíóú', 'an na agus i a ar is le do go sé ag'],
  [
    'vi',
    'ăâđêôơưàảãáạằẳẵắặầẩẫấậèẻẽéẹềểễếệìỉĩíịòỏõóọồổỗốộờởỡớợùủũúụừửữứựỳỷỹýỵ\u0300\u0301\u0303\u0309\u0323',
    'và của là có không được trong một cho với các người này đã',
  ],
  ['ru', 'оеаинтсрвлкмдпуяыьгзбчйхжшюцщэфъё', 'и в не на что я он с как это а по но его к из за у же от'],
  ['uk', 'оаинітвресклудмпзяьбгйчхцїжющєшфґ', 'і в не на що я він з як це а та до його за у й від про'],
  ['be', 'аонітрсеклувдмпзыяьбгцчйўжхшёюэф', 'і ў не на што я ён з як гэта а да яго за у ад'],
  ['bg', 'аиоентрсвлкдпмзъуябгчщжшцюхфйь', 'и на да в се не за от че е с са по си като'],
  ['sr', 'аиоенртсвкдулмпјзгбчњшцжћхљђфџ', 'и у је се да на су за од а с не што као'],
  ['mk', 'аоиетнрсвдклупмзгбјчшцжќфњхѓљџѕ', 'и на во да се од за не со е ја што'],
  ['el', 'αοιετσνηυρπκμλςωδγχθφβξζψάέήίόύώϊϋΐΰ', 'και το να η ο του της με την που για σε τα από δεν'],
  ['he', 'יולהמאתרבשנםדכעחקפטגןזסצךףץ', 'של את על לא הוא אל כי זה היה אשר כל עם גם'],
  [
    'ar',
    'الينمروتبدعسفةكحهقجشطصخأذىزضإءثظغآئؤ\u064b\u064e\u064f\u0650\u0651\u0652',
    'في من على أن إلى لا ما عن هذا التي كان هو مع',
  ],
  ['fa', 'اینردهمتوسبشکزخگفقلپعحجصآطچغذضظثءئ', 'و در به از که این را با است آن برای یک خود تا'],
  [
    'th',
    'านรอก\u0e40งมย\u0e48ลวท\u0e31\u0e35\u0e49ต\u0e34\u0e37\u0e41ด\u0e30\u0e38คจ\u0e39\u0e44\u0e33ส\u0e2bข\u0e4c\u0e42\u0e43ผ\u0e47ปบพชถณซศษฐธญฉภโฝฟฮ',
    '',
  ],
  ['ja', `${HIRAGANA}、。「」ー`, '', 0.55],
  [
    'zh',
    '的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里，。、：；“”',
    '',
    0.3,
  ],
  [
    'zh-Hant',
    '的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡，。、：；「」',
    '',
    0.3,
  ],
  ['ko', '이다는가에을의고하지은도나를사한로기어아리서그라자인대만해있것수으시요니', '', 0.45],
];

export const LANGUAGES = ROWS.map(([code, letters, words, usual = 1]) => ({
  /** ISO 639-1, with the script where one language has two. */
  code,
  /** Letters beyond ASCII, lower case; in scripts other than Latin, by frequency, and in CJK only the commonest characters. */
  letters,
  /** Share of the characters beyond ASCII that usually are among `letters`: below 1 only in CJK. */
  usual,
  words: new Set(words.split(' ')),
}));
