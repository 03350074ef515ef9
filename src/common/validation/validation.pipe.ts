import { createZodValidationPipe } from 'nestjs-zod';
import type { z } from 'zod';
import { type AppError, invalidFields } from '../errors/app-error';
import { labelOf } from './messages';

/** Checks bodies, queries and parameters against their zod schema; unknown fields are dropped. */
export const ValidationPipe = createZodValidationPipe({
  createValidationException: (error: unknown): AppError => fieldProblems((error as z.ZodError).issues),
});

function fieldProblems(issues: z.core.$ZodIssue[]): AppError {
  return invalidFields(
    issues.map((issue) => ({
      field: issue.path.map(String).join('.') || 'body',
      message: issue.code === 'custom' ? issue.message : `${labelOf(issue.path)}${issue.message}`,
    })),
  );
}
