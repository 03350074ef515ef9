import { sample } from 'openapi-sampler';
import { type ApiDocument, type JsonSchema, resolved } from './document';

type Sampled = Parameters<typeof sample>[0];

/** An example of what the schema describes, as indented JSON. */
export function exampleOf(schema: JsonSchema, document: ApiDocument): string {
  const example: unknown = sample(withExamples(schema, document) as Sampled, { quiet: true }, document);
  return JSON.stringify(example, null, 2);
}

/** Where a field may be null and has no example of its own, null is one; the sampler would make a word up. */
function withExamples(given: JsonSchema, document: ApiDocument): JsonSchema {
  const schema = { ...resolved(given, document) };
  if (mayBeNull(schema) && schema.example === undefined && !schema.properties && !schema.anyOf)
    schema.example = null;
  if (schema.properties) {
    schema.properties = Object.fromEntries(
      Object.entries(schema.properties).map(([name, field]) => [name, withExamples(field, document)]),
    );
  }
  if (schema.items) schema.items = withExamples(schema.items, document);
  if (schema.anyOf) schema.anyOf = schema.anyOf.map((each) => withExamples(each, document));
  return schema;
}

function mayBeNull({ type }: JsonSchema): boolean {
  return Array.isArray(type) && type.includes('null');
}
