import { badValue, notSupported, ServerError } from '../errors';

/** Inline flags at the beginning, as PCRE allows: (?i)abc. */
const INLINE_FLAGS = /^\(\?([imsx]+)\)/;

/**
 * A JavaScript expression equal to MongoDB's PCRE one with these options.
 * @throws ServerError 51108 for an unknown option, 51091 for a pattern that does not compile
 */
export function compileRegex(pattern: string, options: string): RegExp {
  if (pattern.includes('\0')) throw badValue('Regular expression cannot contain an embedded null byte');
  const inline = INLINE_FLAGS.exec(pattern);
  const flags = new Set(options + (inline?.[1] ?? ''));
  const source = inline ? pattern.slice(inline[0].length) : pattern;
  if (flags.has('x')) throw notSupported('the regex option x');
  for (const flag of flags) {
    if (!'imsxu'.includes(flag)) throw new ServerError(51108, `invalid flag in regex options: ${flag}`);
  }
  flags.delete('u');
  const jsFlags = [...flags].join('');
  try {
    return new RegExp(source, `${jsFlags}u`);
  } catch {
    return lenient(source, jsFlags, pattern);
  }
}

/** PCRE forgives escapes that the Unicode mode of JavaScript does not. */
function lenient(source: string, flags: string, pattern: string): RegExp {
  try {
    return new RegExp(source, flags);
  } catch (error) {
    throw new ServerError(51091, `Regular expression is invalid: ${pattern}: ${(error as Error).message}`);
  }
}

/** The literal text a case-sensitive expression anchored by ^ must begin with. */
export function literalPrefix(pattern: string, options: string): string | undefined {
  if (options !== '' || !pattern.startsWith('^') || pattern.includes('|')) return undefined;
  const literal = /^(?:[^\\^$.|?*+()[\]{}]|\\[^A-Za-z0-9])*/.exec(pattern.slice(1))?.[0] ?? '';
  const next = pattern[1 + literal.length];
  // A quantifier makes the last character optional.
  const sure = next !== undefined && '?*{'.includes(next) ? literal.replace(/(\\.|.)$/su, '') : literal;
  return sure.replace(/\\(.)/gs, '$1') || undefined;
}
