import type { FileReference } from '../modules/files/file-reference';
import type { StoredFile } from '../modules/files/stored-file.schema';
import type { Resume } from '../modules/resumes/resume.schema';
import { type Gallery, pictureId } from './gallery';
import type { Random } from './random';

const WIDTH = 480;
const HEIGHT = 640;
const THUMBNAIL_WIDTH = 200;
const SKIN = ['#f3d2b8', '#eac3a2', '#d9ab86'] as const;
const HAIR = ['#2b211d', '#3c2c24', '#5a5350'] as const;
const CLOTHES = ['#7aa2c7', '#c98a9b', '#86a97f', '#c7a35b', '#8f86b8'] as const;
const WALLS = ['#eef3f7', '#f7efe6', '#eaf3ec', '#f5eaf0'] as const;
const AT_ONCE = 8;

/** Gives those who can be seen by the public a drawn portrait. */
export async function drawPortraits(
  random: Random,
  resumes: Resume[],
  gallery: Gallery,
): Promise<StoredFile[]> {
  const shown = resumes.filter(({ status }) => status === 'published');
  const plans = shown.map((resume) => ({
    resume,
    id: pictureId(random),
    svg: portrait(random, resume.gender),
  }));
  const files: StoredFile[] = [];
  for (let start = 0; start < plans.length; start += AT_ONCE) {
    const batch = plans.slice(start, start + AT_ONCE).map(async ({ resume, id, svg }) => {
      const { createdAt } = resume;
      const drawing = { id, svg, fileName: '个人照片.jpg', thumbnailWidth: THUMBNAIL_WIDTH, createdAt };
      const file = await gallery.keep(drawing);
      resume.personalPhotos = [referenceTo(file)];
      return file;
    });
    files.push(...(await Promise.all(batch)));
  }
  return files;
}

function referenceTo(file: StoredFile): FileReference {
  const { _id: id, key, thumbnailKey, fileName, fileSize, mimeType } = file;
  return { id, key, ...(thumbnailKey ? { thumbnailKey } : {}), fileName, fileSize, mimeType, private: false };
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
