import { formatShanghaiDay, parseShanghaiDate } from '../time/shanghai';

/** What a valid identity number says about its holder. */
export interface IdNumber {
  valid: true;
  /** as it is stored and compared: 18 characters, the check an upper-case X */
  number: string;
  /** YYYY-MM-DD */
  birthDay: string;
  sex: 'female' | 'male';
}

/** Why a number is none, the first that applies. */
export type IdNumberFault = 'format' | 'birth-date' | 'future' | 'checksum';

export interface NoIdNumber {
  valid: false;
  fault: IdNumberFault;
}

const FORMAT = /^[1-9]\d{5}(\d{4})(\d{2})(\d{2})\d{2}(\d)[\dX]$/;
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS = '10X98765432';

/**
 * Reads a resident identity number (GB 11643-1999): its check character, its date of birth and its sex digit. Spaces
 * around it and a lower-case x are how people write it, and are accepted.
 */
export function readIdNumber(written: string, now = new Date()): IdNumber | NoIdNumber {
  const number = normaliseIdNumber(written);
  const parts = FORMAT.exec(number);
  if (!parts) return { valid: false, fault: 'format' };
  const birthDay = `${parts[1]}-${parts[2]}-${parts[3]}`;
  if (!parseShanghaiDate(birthDay)) return { valid: false, fault: 'birth-date' };
  if (birthDay > formatShanghaiDay(now)) return { valid: false, fault: 'future' };
  if (checkCharacter(number) !== number.at(-1)) return { valid: false, fault: 'checksum' };
  return { valid: true, number, birthDay, sex: Number(parts[4]) % 2 === 1 ? 'male' : 'female' };
}

/** A number as it is stored and compared; says nothing of whether it is one. */
export function normaliseIdNumber(written: string): string {
  return written.trim().toUpperCase();
}

/** The 18th character for the 17 digits that a number begins with. */
export function checkCharacter(digits: string): string {
  const sum = WEIGHTS.reduce((total, weight, place) => total + weight * Number(digits[place]), 0);
  return CHECKS.charAt(sum % CHECKS.length);
}
