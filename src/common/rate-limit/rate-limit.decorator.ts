import { routeConfig } from '../http/route-config';
import type { LimitName } from './limits';

/** Holds a route to limits of its own, per client address, besides those on all routes together. */
export function RateLimit(...limits: LimitName[]): MethodDecorator {
  return routeConfig({ limits });
}
