import { maskPhone } from './masking';

const DIGIT = '[\\d０-９]';
/** What people put between the digits of a number, a few at a time. */
const BETWEEN = '[\\s\\-‐‑–—－.．·・_()（）]{0,3}';
const more = (count: string) => `(?:${BETWEEN}${DIGIT}){${count}}`;

/** A mobile number with or without the country's code, a landline with its area code, a service number. */
const PHONE = new RegExp(
  `(?<!${DIGIT})(?:` +
    `(?:[+＋]|[0０]{2})?(?:[8８][6６]${BETWEEN})?[1１]\\s?[3-9３-９]\\s?${DIGIT}${more('8')}|` +
    `[0０]${DIGIT}{2,3}${more('7,8')}|` +
    `[48４８][0０]{2}${more('7')})(?!${DIGIT})`,
  'g',
);

/** A text in which no number can be called any more; numbers of other lengths, as salaries and years, stay. */
export function withoutPhones(text: string): string {
  return text.replace(PHONE, (phone) => maskPhone(digitsOf(phone)));
}

/** Without the country's code, which would stand where a number is recognised by. */
function digitsOf(phone: string): string {
  return phone
    .normalize('NFKC')
    .replace(/\D/g, '')
    .replace(/^(?:00)?86(?=1)/, '');
}
