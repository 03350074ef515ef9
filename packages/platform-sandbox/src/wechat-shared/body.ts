import { refusal } from './refusals';

export type JsonObject = Readonly<Record<string, unknown>>;

export const isObject = (value: unknown): value is JsonObject =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/**
 * The body of a POST; WeChat reads JSON whatever the content type says.
 * @throws Refusal 44002 when it is empty, 47001 when it is not a JSON object
 */
export function jsonBody(body: string): JsonObject {
  if (body.trim() === '') throw refusal(44002);
  try {
    const parsed: unknown = JSON.parse(body);
    if (isObject(parsed)) return parsed;
  } catch {
    // refused below, like JSON that is no object
  }
  throw refusal(47001);
}
