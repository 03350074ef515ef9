import { ServerError } from '../errors';
import { isDoc, ObjectId, regexSource, Timestamp, type Doc } from '../bson/values';

/** What may not be an `_id`. @throws ServerError 53 */
export function checkId(id: unknown): void {
  if (Array.isArray(id)) throw new ServerError(53, "The '_id' value cannot be of type array");
  if (regexSource(id)) throw new ServerError(53, "The '_id' value cannot be of type regex");
  if (id === undefined) throw new ServerError(53, "The '_id' value cannot be of type undefined");
  if (isDoc(id)) {
    const dollar = Object.keys(id).find((key) => key.startsWith('$'));
    if (dollar) throw new ServerError(52, `_id may not contain '$'-prefixed fields: ${dollar}`);
  }
}

/** The document to be stored: `_id` in front, timestamps of zero at the top level replaced by the present. */
export function toStored(given: Doc): Doc {
  const { _id = new ObjectId(), ...rest } = given;
  checkId(_id);
  for (const [name, value] of Object.entries(rest)) {
    if (value instanceof Timestamp && value.toBigInt() === 0n)
      rest[name] = new Timestamp({ t: Math.floor(Date.now() / 1000), i: 1 });
  }
  return { _id, ...rest };
}
