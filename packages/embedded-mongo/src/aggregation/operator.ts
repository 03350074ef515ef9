/** Evaluates a part of an expression for the present document. */
export type Evaluate = (expression: unknown) => unknown;

/** An operator of ours takes its argument unevaluated, as mingo's do. */
export type Operator = (argument: unknown, evaluate: Evaluate) => unknown;
