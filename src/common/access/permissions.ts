import type { Role } from './principal';

/** What a role may do, in words that a mini-program uses to show or hide its pages. Access itself is decided per route. */
const MANAGER = [
  'users:view',
  'customers:all',
  'customers:create',
  'customers:assign',
  'resumes:manage',
  'interviews:all',
  'banners:manage',
  'articles:manage',
  'access-logs:view',
  'ocr:idcard',
  'ocr:health',
];

export const PERMISSIONS: Record<Role, readonly string[]> = {
  admin: [...MANAGER, 'users:manage', 'marketplace:manage', 'audit-logs:view'],
  manager: MANAGER,
  employee: ['customers:own', 'customers:create', 'resumes:manage', 'interviews:own', 'ocr:idcard'],
  hr: ['interviews:own'],
};
