import type { Random } from './random';

/** Colours that go together: the sky of a picture, its hills, its sun. */
const PALETTES = [
  ['#ffe3d8', '#f08a6b', '#ffffff'],
  ['#dff1ea', '#4fa987', '#fff3c4'],
  ['#e2ecfb', '#5b86c9', '#ffffff'],
  ['#fbe9f1', '#d9739c', '#fff3c4'],
  ['#fdf0cf', '#d99a2b', '#ffffff'],
] as const;

/** Keeps a drawing made at a time, and gives the address at which it is shown. */
export type Hang = (svg: string, createdAt: Date) => Promise<string>;

/** A small landscape of its own, as SVG; it holds nobody. */
export function landscape(random: Random, width: number, height: number): string {
  const [sky, hills, sun] = random.pick(PALETTES);
  const hill = (base: number, opacity: number) => {
    const tops = Array.from(
      { length: 5 },
      (_, i) => `${(i * width) / 4},${height * (base - random.next() * 0.25)}`,
    );
    return `<polygon points="0,${height} ${tops.join(' ')} ${width},${height}" fill="${hills}" fill-opacity="${opacity}"/>`;
  };
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">` +
    `<rect width="${width}" height="${height}" fill="${sky}"/>` +
    `<circle cx="${random.int(width / 4, width)}" cy="${height / 3}" r="${height / 6}" fill="${sun}"/>` +
    `${hill(0.75, 0.45)}${hill(0.9, 0.9)}</svg>`
  );
}
