const LONGEST = 100;
const FALLBACK = 'file';

/** Control characters, line ends, and those that turn the direction of writing round to disguise a name's ending. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/**
 * An uploader's file name as text to show: no path, nothing invisible, at most 100 characters with the ending kept.
 * No file is ever stored under it.
 */
export function displayName(given: string | undefined): string {
  const visible = (given ?? '').replace(INVISIBLE, '');
  const base = (visible.split(/[/\\]/).at(-1) ?? '').trim();
  if (/^\.*$/.test(base)) return FALLBACK;
  const characters = [...base];
  if (characters.length <= LONGEST) return base;
  const ending = /\.\w{1,8}$/.exec(base)?.[0] ?? '';
  return characters.slice(0, LONGEST - ending.length).join('') + ending;
}
