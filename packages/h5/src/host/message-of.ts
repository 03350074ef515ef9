import { ApiError } from '../net/http';
import { texts } from '../texts';

/** What went wrong, for the person at the screen: the service's own words where it has answered. */
export function messageOf(error: unknown): string {
  return error instanceof ApiError && error.message ? error.message : texts.hostPage.noAnswer;
}
