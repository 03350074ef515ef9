import tseslint from 'typescript-eslint';

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/dist-*/**',
      'coverage/**',
      'docs/**',
      '**/*.js',
      '**/*.mjs',
      '**/*.cjs',
      'packages/*/test/**/recorded/**',
    ],
  },
  ...tseslint.configs.recommendedTypeChecked,
  {
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/no-explicit-any': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      // a handler or a stub may be async to keep a signature
      '@typescript-eslint/require-await': 'off',
      '@typescript-eslint/no-unused-vars': [
        'error',
        { argsIgnorePattern: '^_', varsIgnorePattern: '^_', caughtErrorsIgnorePattern: '^_' },
      ],
      'no-restricted-exports': [
        'error',
        { restrictDefaultExports: { direct: true, named: true, defaultFrom: true } },
      ],
      // the environment is read once, where it is checked
      'no-restricted-properties': [
        'error',
        { object: 'process', property: 'env', message: 'Inject Settings instead.' },
      ],
      'no-console': 'error',
      'max-lines': ['warn', { max: 250, skipBlankLines: true, skipComments: true }],
    },
  },
  {
    // where the environment enters: the start of a process
    files: [
      'src/main.ts',
      'src/config/process-environment.ts',
      'src/cli/**',
      'test/**',
      'bench/**',
      'scripts/**',
      'packages/*/test/**',
      'packages/*/bench/**',
      'packages/*/src/cli.ts',
    ],
    rules: { 'no-restricted-properties': 'off', 'no-console': 'off' },
  },
  {
    // Jest loads its global set-up by default export, and a component is one
    files: ['test/support/global-*.ts', 'packages/h5/src/vue.d.ts'],
    rules: { 'no-restricted-exports': 'off' },
  },
  {
    // answers of the API are asserted field by field
    files: ['**/test/**', '**/*.spec.ts'],
    rules: {
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      'max-lines': 'off',
    },
  },
);
