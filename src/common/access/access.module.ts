import { Global, Module } from '@nestjs/common';
import { RateLimiter } from '../rate-limit/rate-limiter';
import { AccessControl } from './access-control';
import { Tokens } from './tokens';

@Global()
@Module({ providers: [Tokens, RateLimiter, AccessControl], exports: [Tokens, RateLimiter, AccessControl] })
export class AccessModule {}
