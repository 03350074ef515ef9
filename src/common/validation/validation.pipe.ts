import { createZodValidationPipe } from 'nestjs-zod';
import type { z } from 'zod';
import { type AppError, invalidFields } from '../errors/app-error';
import { labelOf } from './messages';

/** Checks bodies, queries and parameters against their zod schema; unknown fields are dropped. */
export const ValidationPipe = createZodValidationPipe({
  createValidationException: (error: unknown): AppError => fieldProblems((error as z.ZodError).issues),
});

/** The first complaint about each field; what else is wrong with it often follows from that. */
function fieldProblems(issues: z.core.$ZodIssue[]): AppError {
  const messages = new Map<string, string>();
  for (const issue of issues.flatMap(withinUnion)) {
    const field = issue.path.map(String).join('.') || 'body';
    const message = issue.code === 'custom' ? issue.message : `${labelOf(issue.path)}${issue.message}`;
    if (!messages.has(field)) messages.set(field, message);
  }
  return invalidFields([...messages].map(([field, message]) => ({ field, message })));
}

/** Where a value may be of several kinds and is of one of them, what is wrong with it as that kind. */
function withinUnion(issue: z.core.$ZodIssue): z.core.$ZodIssue[] {
  if (issue.code !== 'invalid_union') return [issue];
  const ofItsKind = issue.errors.filter(
    (problems) => !problems.some(({ code, path }) => code === 'invalid_type' && path.length === 0),
  );
  const [problems, another] = ofItsKind;
  if (!problems || another) return [issue];
  return problems.flatMap((problem) => withinUnion({ ...problem, path: [...issue.path, ...problem.path] }));
}
