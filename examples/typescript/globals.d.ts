// The little of Node that the example uses, so that it needs no package of types.
declare const process: { argv: string[] };
declare module "node:crypto" {
  export const webcrypto: Crypto;
}
