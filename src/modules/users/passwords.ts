import { randomBytes } from 'node:crypto';
import { Injectable } from '@nestjs/common';
import { hash, verify } from '@node-rs/argon2';
import { z } from 'zod';

/** A password as it may be set: 10–128 characters. */
export const newPassword = z
  .string()
  .min(10)
  .max(128)
  .meta({ description: '10–128 个字符', example: 'correct-horse-9' });

/** OWASP's minimum for argon2id (2025): 19 MiB, two passes, one lane; about 25 ms. */
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** A random password, for somebody who is to change it; 96 bits. */
export function madeUpPassword(): string {
  return randomBytes(12).toString('base64url');
}

/** argon2id, off the event loop (the library works on libuv's threads). */
@Injectable()
export class Passwords {
  /** Verified for names that nobody has, so that they take as long as real ones. */
  private readonly decoy = hash('no account has this password', COST);

  hash(password: string): Promise<string> {
    return hash(password, COST);
  }

  /** False for a missing hash too, after the same work. */
  async matches(passwordHash: string | undefined, password: string): Promise<boolean> {
    const matches = await verify(passwordHash ?? (await this.decoy), password);
    return matches && passwordHash !== undefined;
  }
}
