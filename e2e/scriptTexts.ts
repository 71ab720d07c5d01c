/** Texts of scripts that are written from the right, or without spaces between words. */
import { createRng } from '../src/core/rng.ts';

/** Documents of four lines, each of one part of every list, drawn with the same seed each time. */
function documents(count: number, parts: readonly (readonly string[])[], joint: string, end: string): string {
  const rng = createRng(1);
  const line = (): string => parts.map((list) => list[rng.int(list.length)]).join(joint) + end;
  return Array.from({ length: count }, () => Array.from({ length: 4 }, line).join('\n')).join('\n\n');
}

export const HEBREW = documents(
  60,
  [
    ['הרוח', 'היער הישן', 'הנהר השקט', 'ציפור הלילה', 'השלג הלבן', 'אחי הקטן', 'הכוכב הרחוק'],
    ['שר', 'שותק', 'זוכר', 'מחפש', 'מחכה', 'רואה'],
    ['על הקיץ שעבר', 'ליד הים', 'תחת שמים כחולים', 'עד הבוקר', 'מעבר להר'],
  ],
  ' ',
  '.',
);

export const JAPANESE = documents(
  160,
  [
    ['古い森', '静かな川', '夜の鳥', '白い雪', '弟', '遠い星', '春の風'],
    ['は歌って', 'は黙って', 'は探して', 'は待って', 'は見て'],
    ['海のそばに', '青い空の下に', '山の向こうに', '朝まで'],
    ['いた', 'いる', 'いない'],
  ],
  '',
  '。',
);

export const ARABIC = documents(
  120,
  [
    ['الريح', 'الغابة القديمة', 'النهر الهادئ', 'طائر الليل', 'الثلج الأبيض', 'أخي الصغير', 'النجم البعيد'],
    ['يغني', 'يصمت', 'يتذكر', 'يبحث', 'ينتظر', 'يرى'],
    ['عن الصيف الماضي', 'قرب البحر', 'تحت سماء زرقاء', 'حتى الصباح', 'وراء الجبل'],
  ],
  ' ',
  '.',
);

export const THAI = documents(
  90,
  [
    ['ป่าเก่าแก่', 'แม่น้ำเงียบ', 'นกกลางคืน', 'หิมะสีขาว', 'น้องชายของฉัน', 'ดวงดาวไกล', 'ลมฤดูใบไม้ผลิ'],
    ['ร้องเพลง', 'นิ่งเงียบ', 'ค้นหา', 'รอคอย', 'มองดู'],
    ['อยู่ใกล้ทะเล', 'ใต้ท้องฟ้าสีคราม', 'หลังภูเขา', 'จนถึงเช้า'],
  ],
  '',
  '',
);
