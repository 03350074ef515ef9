import { z } from 'zod';

/** What breaks a line, or does not belong into text at all. */
const CONTROLS = /[\p{Cc}\u2028\u2029]+/gu;
/** What turns the direction of the text around it. */
const DIRECTIONS = /[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]/g;
const HALF_CHARACTERS = /\p{Cs}/gu;
/** Format characters join those beside them, in emoji too; by themselves they show nothing. */
const VISIBLE = /[^\p{Z}\p{Cf}]/u;

/**
 * What people are called by, and rooms, as strangers read it: one line, which leaves the text around it as it is. What
 * shows nothing is empty.
 */
export const shownText = (max: number, min = 0) => z.string().overwrite(shown).trim().min(min).max(max);

function shown(input: string): string {
  const text = input.replace(CONTROLS, ' ').replace(DIRECTIONS, '').replace(HALF_CHARACTERS, '\ufffd');
  return VISIBLE.test(text) ? text : '';
}
