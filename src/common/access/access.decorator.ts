import { applyDecorators } from '@nestjs/common';
import { ApiBearerAuth, ApiExtension, ApiSecurity } from '@nestjs/swagger';
import { routeConfig } from '../http/route-config';
import type { AccessRule } from './access-rule';
import { ROLES, type Role } from './principal';

const ALONE = ['public', 'optional-staff', 'member', 'optional-member'] as const;
type AccessWord = (typeof ALONE)[number] | 'staff' | Role;

/**
 * Says who may call a route, to the access hook and to the API document alike.
 * `'staff'` is every role; naming roles lets in just those.
 */
export function Access(...words: [AccessWord, ...AccessWord[]]): MethodDecorator {
  const rule = ruleOf(words);
  return applyDecorators(routeConfig({ access: rule }), ...describe(rule));
}

function ruleOf(words: AccessWord[]): AccessRule {
  const alone = ALONE.find((word) => words.length === 1 && words[0] === word);
  if (alone) return { kind: alone };
  if (words.length === 1 && words[0] === 'staff') return { kind: 'staff', roles: ROLES };
  const roles = words.filter((word): word is Role => ROLES.some((role) => role === word));
  if (roles.length !== words.length)
    throw new Error(`@Access(${words.join(', ')}) mixes roles with other words`);
  return { kind: 'staff', roles };
}

/** Both headers together. */
const AS_MEMBER = { marketplace: [], user_id: [] };

function describe(rule: AccessRule): MethodDecorator[] {
  switch (rule.kind) {
    case 'public':
      return [ApiExtension('x-access', 'public')];
    case 'optional-staff':
      return [ApiExtension('x-access', 'optional-staff'), ApiBearerAuth('crm'), ApiSecurity({})];
    case 'staff':
      return [ApiExtension('x-access', rule.roles.join(' ')), ApiBearerAuth('crm')];
    case 'member':
      return [ApiExtension('x-access', 'member'), ApiSecurity(AS_MEMBER)];
    case 'optional-member':
      return [ApiExtension('x-access', 'optional-member'), ApiSecurity(AS_MEMBER), ApiSecurity({})];
  }
}
