import { refusal } from './refusals';

const UNKNOWN = 'tmpl_unknown';

/** @throws Refusal 40037 for no template and for those whose id begins with `tmpl_unknown` */
export function checkTemplate(id: unknown): string {
  if (typeof id !== 'string' || id === '' || id.startsWith(UNKNOWN)) throw refusal(40037);
  return id;
}
