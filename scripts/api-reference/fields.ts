import { type ApiDocument, type JsonSchema, resolved } from './document';

/** Fields below this are told by the example alone. */
const DEEPEST = 4;

/** A Markdown table of a schema's fields, nested ones with their path (`list[].id`). */
export function fieldTable(schema: JsonSchema, document: ApiDocument): string[] {
  const rows = fieldRows(schema, document, '', 0);
  return rows.length === 0 ? [] : table(['字段', '类型', '必有', '说明'], rows);
}

export function table(head: string[], rows: string[][]): string[] {
  const line = (cells: string[]) => `| ${cells.map(escaped).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

function fieldRows(given: JsonSchema, document: ApiDocument, prefix: string, depth: number): string[][] {
  const schema = withoutNull(resolved(given, document));
  if (depth >= DEEPEST) return [];
  if (schema.items) return fieldRows(schema.items, document, `${prefix}[]`, depth + 1);
  return Object.entries(schema.properties ?? {}).flatMap(([name, field]) => {
    const path = prefix ? `${prefix}.${name}` : name;
    const required = schema.required?.includes(name) ? '是' : '';
    const own = [`\`${path}\``, typeOf(field, document), required, explanation(resolved(field, document))];
    return [own, ...fieldRows(field, document, path, depth + 1)];
  });
}

/** `string`, `integer[]`, `object | null` … */
export function typeOf(given: JsonSchema, document: ApiDocument): string {
  const schema = resolved(given, document);
  const alternatives = schema.anyOf ?? schema.oneOf;
  if (alternatives) return [...new Set(alternatives.map((each) => typeOf(each, document)))].join(' | ');
  if (schema.items) return `${typeOf(schema.items, document)}[]`;
  const types = [schema.type ?? (schema.const === undefined ? '任意' : typeof schema.const)].flat();
  return types.map((type) => (schema.format && type === 'string' ? schema.format : type)).join(' | ');
}

/** What it means, its bounds, its values and what stands when it is absent. */
export function explanation(schema: JsonSchema): string {
  const parts = [schema.description, bounds(schema), values(schema)];
  if (schema.default !== undefined) parts.push(`默认 \`${JSON.stringify(schema.default)}\``);
  return parts.filter(Boolean).join('；');
}

function bounds(schema: JsonSchema): string {
  const { minimum, maximum, minLength, maxLength, maxItems } = schema;
  const parts: string[] = [];
  if (minLength !== undefined || maxLength !== undefined) parts.push(span(minLength ?? 0, maxLength, ' 字'));
  // a whole number's own limits say nothing
  const most = maximum === Number.MAX_SAFE_INTEGER ? undefined : maximum;
  const least = minimum === Number.MIN_SAFE_INTEGER ? undefined : minimum;
  if (least !== undefined || most !== undefined) parts.push(span(least, most, ''));
  if (maxItems !== undefined) parts.push(`最多 ${maxItems} 项`);
  return parts.join('；');
}

function span(least: number | undefined, most: number | undefined, unit: string): string {
  if (most === undefined) return `至少 ${least}${unit}`;
  if (least === undefined || least === 0) return `最多 ${most}${unit}`;
  return least === most ? `${least}${unit}` : `${least}–${most}${unit}`;
}

function values({ enum: allowed, const: only }: JsonSchema): string {
  const all = allowed ?? (only === undefined ? [] : [only]);
  return all.map((value) => `\`${String(value)}\``).join(' ');
}

/** Of something or null, the something. */
function withoutNull(schema: JsonSchema): JsonSchema {
  const [only, ...others] = (schema.anyOf ?? []).filter(({ type }) => type !== 'null');
  return only && others.length === 0 ? only : schema;
}

function escaped(cell: string): string {
  return cell.replaceAll('|', '\\|').replaceAll('\n', ' ');
}
