import { createSecretKey, type KeyObject, randomUUID } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import jwt from 'jsonwebtoken';
import { Settings } from '../../config/settings';
import { AppError } from '../errors/app-error';
import type { Audience } from './principal';

/** How many tokens are remembered as verified. */
const REMEMBERED = 5000;
const LIFETIME_SECONDS = 7 * 24 * 3600;

export interface TokenClaims {
  subject: string;
  audience: Audience;
  /** the account's token version when it was issued; a lower one than the account's is no longer good */
  version: number;
  tokenId: string;
  /** seconds since 1970 */
  expiresAt: number;
}

/** Issues and reads the service's tokens: JWT, HS256 only, 7 days. */
@Injectable()
export class Tokens {
  /** As a KeyObject: given a string, the library prepares the key anew at each call, at 50 times the cost. */
  private readonly key: KeyObject;
  /**
   * Tokens whose signature was found good, whole, with what they say: checking one anew at each request was the
   * dearest step before the handler. Whether the account still stands behind it is asked every time, elsewhere.
   */
  private readonly verified = new Map<string, TokenClaims>();

  constructor(settings: Settings) {
    this.key = createSecretKey(Buffer.from(settings.jwtSecret, 'utf8'));
  }

  issue(audience: Audience, subject: string, version: number): string {
    return jwt.sign({ ver: version }, this.key, {
      algorithm: 'HS256',
      audience,
      subject,
      jwtid: randomUUID(),
      expiresIn: LIFETIME_SECONDS,
    });
  }

  /** @throws {AppError} TOKEN_EXPIRED, or UNAUTHORIZED for a token that is not ours or not for this audience */
  read(token: string, audience: Audience): TokenClaims {
    const known = this.verified.get(token);
    const claims = known?.audience === audience ? known : this.verify(token, audience);
    if (claims.expiresAt * 1000 <= Date.now()) throw new AppError('TOKEN_EXPIRED');
    if (!known) this.remember(token, claims);
    return claims;
  }

  /** The oldest makes room: a Map keeps its keys in the order of their coming. */
  private remember(token: string, claims: TokenClaims): void {
    this.verified.set(token, claims);
    if (this.verified.size <= REMEMBERED) return;
    for (const oldest of this.verified.keys()) return void this.verified.delete(oldest);
  }

  private verify(token: string, audience: Audience): TokenClaims {
    try {
      const claims = jwt.verify(token, this.key, { algorithms: ['HS256'], audience }) as jwt.JwtPayload;
      const { sub, jti, exp, ver } = claims as { sub?: string; jti?: string; exp?: number; ver?: number };
      if (!sub || !jti || !exp || typeof ver !== 'number') throw new AppError('UNAUTHORIZED');
      return { subject: sub, audience, version: ver, tokenId: jti, expiresAt: exp };
    } catch (error) {
      if (error instanceof jwt.TokenExpiredError) throw new AppError('TOKEN_EXPIRED');
      throw new AppError('UNAUTHORIZED', { message: '登录信息无效，请重新登录', cause: error });
    }
  }
}
