import { randomBytes } from 'node:crypto';
import sharp from 'sharp';
import type { Actor, Answer } from './actor';
import { phone } from './factories';

export const RESUMES = '/api/resumes/miniprogram';

/** A new resume of an invented person, created through the API. */
export async function createResume(actor: Actor): Promise<string> {
  const answer = await actor.post(`${RESUMES}/create`, { name: '王芳', phone: phone(), jobType: 'yuexin' });
  if (answer.status !== 200) throw new Error(`the resume was not created: ${answer.text}`);
  return (answer.body.data.resume?.id ?? answer.body.data.id) as string;
}

interface Picture {
  width?: number;
  height?: number;
}

function picture({ width = 64, height = 48 }: Picture = {}) {
  // a gradient, which no encoder makes nothing of
  const pixels = Buffer.alloc(width * height * 3);
  for (let i = 0; i < pixels.length; i++) pixels[i] = i * 7;
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

export const jpeg = (size?: Picture): Promise<Buffer> => picture(size).jpeg().toBuffer();
export const png = (size?: Picture): Promise<Buffer> => picture(size).png().toBuffer();
export const webp = (size?: Picture): Promise<Buffer> => picture(size).webp().toBuffer();
export const gif = (size?: Picture): Promise<Buffer> => picture(size).gif().toBuffer();

/** As a phone writes it: lying on its side, with the place where it was taken. */
export function jpegOfPhone(size?: Picture): Promise<Buffer> {
  return picture(size)
    .jpeg()
    .withExif({
      IFD0: { Make: 'InventedPhone', Software: 'Camera 1.0' },
      IFD3: { GPSLatitudeRef: 'N', GPSLatitude: '30/1 15/1 0/1', GPSLongitudeRef: 'E' },
    })
    .withMetadata({ orientation: 6 })
    .toBuffer();
}

export const PDF = Buffer.from('%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n');

/** A film's beginning, and noise up to its size. */
export function film(size = 4096, brand: 'isom' | 'qt  ' = 'isom'): Buffer {
  const head = Buffer.alloc(24);
  head.writeUInt32BE(24, 0);
  head.write(`ftyp${brand}`, 4, 'latin1');
  head.write(`${brand}${brand}`, 16, 'latin1');
  return Buffer.concat([head, randomBytes(size - head.length)]);
}

/** The fields of a form, in this order; a file is its bytes and its name. */
type Field = [name: string, value: string | { bytes: Buffer; name: string; type?: string }];

export function form(...fields: Field[]): FormData {
  const data = new FormData();
  for (const [name, value] of fields) {
    if (typeof value === 'string') data.append(name, value);
    else
      data.append(
        name,
        new Blob([new Uint8Array(value.bytes)], { type: value.type ?? 'application/octet-stream' }),
        value.name,
      );
  }
  return data;
}

/** Uploads one file of a type to a resume. */
export function upload(
  actor: Actor,
  id: string,
  type: string,
  bytes: Buffer,
  name = '照片.jpg',
  headers: Record<string, string> = {},
) {
  return actor.post(`${RESUMES}/${id}/upload-file`, form(['type', type], ['file', { bytes, name }]), headers);
}

/** Uploads files of several types together. */
export function uploadSeveral(actor: Actor, id: string, files: [type: string, bytes: Buffer][]) {
  return actor.post(
    `${RESUMES}/${id}/upload-files`,
    form(
      ['types', JSON.stringify(files.map(([type]) => type))],
      ...files.map(([, bytes], i): Field => ['files', { bytes, name: `${i}.bin` }]),
    ),
  );
}

/** Opens a file's address, whatever host it names, at the service under test. */
/** With its body received: what nobody reads would keep its connection busy, and a closing app waiting. */
export async function openFile(url: string, address: string, init: RequestInit = {}): Promise<Response> {
  const { pathname, search } = new URL(address);
  const response = await fetch(url + pathname + search, init);
  const bytes = await response.arrayBuffer();
  return new Response(response.status === 304 ? null : bytes, response);
}

export async function bytesOf(response: Response): Promise<Buffer> {
  return Buffer.from(await response.arrayBuffer());
}

/** The resume as staff sees it. */
export async function resumeOf(actor: Actor, id: string): Promise<Answer['body']> {
  return (await actor.get(`${RESUMES}/${id}`)).body.data;
}
