import sharp from 'sharp';
import type { CardHolder } from './person';

/** 85.6 × 54 mm, ten pixels to the millimetre. */
export const CARD_WIDTH = 856;
export const CARD_HEIGHT = 540;

const ADDRESS_CHARACTERS = 11;
const FONT = 'Noto Sans CJK SC';

/** The portrait's side of a card, drawn as the real one is laid out. */
export function frontOf(holder: CardHolder): Promise<Buffer> {
  const [year = '', month, day] = holder.birthDate.split('-');
  const address = holder.address.match(new RegExp(`.{1,${ADDRESS_CHARACTERS}}`, 'gu')) ?? [];
  return draw(`
    ${pattern('#e3ecf2', '#cfe0ea')}
    ${portrait()}
    ${label(60, 100, '姓名')}${value(160, 102, holder.name, 34)}
    ${label(60, 168, '性别')}${value(160, 170, holder.gender)}
    ${label(262, 168, '民族')}${value(352, 170, holder.ethnicity)}
    ${label(60, 236, '出生')}${value(160, 238, year)}${label(238, 236, '年')}
    ${value(278, 238, String(Number(month)))}${label(318, 236, '月')}
    ${value(352, 238, String(Number(day)))}${label(394, 236, '日')}
    ${label(60, 304, '住址')}
    ${address.map((line, i) => value(160, 306 + i * 44, line)).join('')}
    ${label(60, 480, '公民身份号码')}
    <text x="280" y="482" font-family="${FONT}" font-weight="500" font-size="36" letter-spacing="4.4" fill="#141414">${holder.idNumber}</text>
  `);
}

/** The emblem's side of a card. */
export function backOf(holder: CardHolder): Promise<Buffer> {
  const from = holder.validFrom.replaceAll('-', '.');
  const to = holder.validTo.replaceAll('-', '.');
  return draw(`
    ${pattern('#eef0ea', '#dfe5da')}
    <circle cx="120" cy="120" r="70" fill="#b8282a"/>
    <circle cx="120" cy="120" r="54" fill="none" stroke="#e7c24a" stroke-width="6"/>
    <path d="M120 78l10 30h32l-26 19 10 31-26-19-26 19 10-31-26-19h32z" fill="#e7c24a"/>
    <text x="500" y="120" text-anchor="middle" font-family="${FONT}" font-weight="500" font-size="48" letter-spacing="10" fill="#1c1c1c">中华人民共和国</text>
    <text x="500" y="214" text-anchor="middle" font-family="${FONT}" font-weight="700" font-size="66" letter-spacing="16" fill="#1c1c1c">居民身份证</text>
    ${label(180, 398, '签发机关')}${value(330, 400, holder.authority)}
    ${label(180, 466, '有效期限')}${value(330, 468, `${from}-${to}`)}
  `);
}

function label(x: number, y: number, text: string): string {
  return `<text x="${x}" y="${y}" font-family="${FONT}" font-size="26" letter-spacing="3" fill="#2a6f9e">${text}</text>`;
}

function value(x: number, y: number, text: string, size = 31): string {
  return `<text x="${x}" y="${y}" font-family="${FONT}" font-weight="500" font-size="${size}" letter-spacing="2" fill="#181818">${text}</text>`;
}

/** Fine waves, as on security paper. */
function pattern(ground: string, line: string): string {
  const waves = Array.from({ length: 30 }, (_, i) => {
    const y = i * 18 + 6;
    return `<path d="M0 ${y} q 107 -26 214 0 t 214 0 t 214 0 t 214 0" fill="none" stroke="${line}" stroke-width="2"/>`;
  });
  return `<rect width="${CARD_WIDTH}" height="${CARD_HEIGHT}" rx="28" fill="${ground}"/>${waves.join('')}`;
}

/** A face that is nobody's. */
function portrait(): string {
  return `<rect x="580" y="80" width="220" height="300" fill="#dfe3e6"/>
    <ellipse cx="690" cy="200" rx="62" ry="80" fill="#c9a48a"/>
    <path d="M628 176a62 74 0 0 1 124 0q-62 -40 -124 0z" fill="#2b2522"/>
    <path d="M590 380q0-90 100-90t100 90z" fill="#47525d"/>`;
}

function draw(content: string): Promise<Buffer> {
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${CARD_WIDTH}" height="${CARD_HEIGHT}">${content}</svg>`;
  return sharp(Buffer.from(svg)).png().toBuffer();
}
