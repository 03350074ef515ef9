import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import sharp from 'sharp';
import type { FileReference } from '../modules/files/file-reference';
import type { StoredFile } from '../modules/files/stored-file.schema';
import type { Resume } from '../modules/resumes/resume.schema';
import type { ObjectStorage } from '../platforms/storage/object-storage';
import type { Random } from './random';

const WIDTH = 480;
const HEIGHT = 640;
const THUMBNAIL_WIDTH = 200;
const SKIN = ['#f3d2b8', '#eac3a2', '#d9ab86'] as const;
const HAIR = ['#2b211d', '#3c2c24', '#5a5350'] as const;
const CLOTHES = ['#7aa2c7', '#c98a9b', '#86a97f', '#c7a35b', '#8f86b8'] as const;
const WALLS = ['#eef3f7', '#f7efe6', '#eaf3ec', '#f5eaf0'] as const;
const AT_ONCE = 8;

/** Gives those who can be seen by the public a drawn portrait, stored as an upload would have been. */
export async function drawPortraits(
  random: Random,
  resumes: Resume[],
  storage: ObjectStorage,
): Promise<StoredFile[]> {
  const directory = await mkdtemp(join(tmpdir(), 'homecare-portraits-'));
  const shown = resumes.filter(({ status }) => status === 'published');
  const plans = shown.map((resume) => ({
    resume,
    id: hexadecimal(random),
    svg: portrait(random, resume.gender),
  }));
  const files: StoredFile[] = [];
  try {
    for (let start = 0; start < plans.length; start += AT_ONCE) {
      const batch = plans.slice(start, start + AT_ONCE).map(async ({ resume, id, svg }) => {
        const file = await store(storage, directory, id, svg, resume.createdAt);
        resume.personalPhotos = [referenceTo(file)];
        return file;
      });
      files.push(...(await Promise.all(batch)));
    }
  } finally {
    await rm(directory, { recursive: true, force: true });
  }
  return files;
}

async function store(
  storage: ObjectStorage,
  directory: string,
  id: string,
  svg: string,
  createdAt: Date,
): Promise<StoredFile> {
  const image = await sharp(Buffer.from(svg)).jpeg({ quality: 80 }).toBuffer();
  const thumbnail = await sharp(image).resize(THUMBNAIL_WIDTH).jpeg({ quality: 75 }).toBuffer();
  const prefix = `objects/${id.slice(0, 2)}/${id}/`;
  const put = async (name: string, bytes: Buffer) => {
    const path = join(directory, `${id}-${name}`);
    await writeFile(path, bytes);
    await storage.put(`${prefix}${name}`, { path, size: bytes.length, mimeType: 'image/jpeg' });
  };
  await put('file.jpg', image);
  await put('thumbnail.jpg', thumbnail);
  return {
    _id: id,
    state: 'attached',
    prefix,
    key: `${prefix}file.jpg`,
    thumbnailKey: `${prefix}thumbnail.jpg`,
    thumbnailSize: thumbnail.length,
    fileName: '个人照片.jpg',
    fileSize: image.length,
    mimeType: 'image/jpeg',
    private: false,
    createdAt,
  };
}

function referenceTo(file: StoredFile): FileReference {
  const { _id: id, key, thumbnailKey, fileName, fileSize, mimeType } = file;
  return { id, key, ...(thumbnailKey ? { thumbnailKey } : {}), fileName, fileSize, mimeType, private: false };
}

function hexadecimal(random: Random): string {
  return Array.from({ length: 32 }, () => random.int(0, 15).toString(16)).join('');
}

/** A face of simple shapes: somebody, and nobody in particular. */
function portrait(random: Random, gender: Resume['gender']): string {
  const [skin, hair, clothes, wall] = [SKIN, HAIR, CLOTHES, WALLS].map((colours) =>
    random.pick<string>(colours),
  );
  const long = gender === 'female' && random.chance(0.65);
  const smile = random.int(8, 22);
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${WIDTH}" height="${HEIGHT}" viewBox="0 0 480 640">` +
    `<rect width="480" height="640" fill="${wall}"/>` +
    (long ? `<rect x="120" y="200" width="240" height="260" rx="100" fill="${hair}"/>` : '') +
    `<path d="M60 640c0-130 80-180 180-180s180 50 180 180z" fill="${clothes}"/>` +
    `<rect x="205" y="400" width="70" height="90" rx="30" fill="${skin}"/>` +
    `<ellipse cx="240" cy="290" rx="110" ry="140" fill="${skin}"/>` +
    `<path d="M125 280c0-120 60-150 115-150s115 30 115 150c-30-70-70-90-115-90s-85 20-115 90z" fill="${hair}"/>` +
    `<circle cx="200" cy="290" r="10" fill="#333"/><circle cx="280" cy="290" r="10" fill="#333"/>` +
    `<path d="M205 350q35 ${smile} 70 0" stroke="#a5524a" stroke-width="7" fill="none" stroke-linecap="round"/>` +
    `</svg>`
  );
}
