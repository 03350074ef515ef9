import { texts } from '../texts';

const LONGEST = 50;
const { identities, other, identityTooLong, nameMissing, nameTooLong } = texts.guest;

export interface Problem {
  field: 'userName' | 'identity';
  message: string;
}

/** What the service would refuse, told before it is asked. Lengths are counted as it counts them, in UTF-16 units. */
export function introductionProblem(given: { userName: string; identity: string }): Problem | undefined {
  const userName = given.userName.trim();
  if (userName === '') return { field: 'userName', message: nameMissing };
  if (userName.length > LONGEST) return { field: 'userName', message: nameTooLong };
  if (given.identity.trim().length > LONGEST) return { field: 'identity', message: identityTooLong };
  return undefined;
}

/** How an identity that was said before stands in the form: one of the choices, or in one's own words. */
export function chosenIdentity(identity: string | undefined): { choice: string; other: string } {
  if (identity === undefined || identity === '') return { choice: identities[0], other: '' };
  if (identities.some((choice) => choice === identity)) return { choice: identity, other: '' };
  return { choice: other, other: identity };
}
