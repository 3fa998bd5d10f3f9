/** What every reconciliation needs: creating dependents, writing a status, and saying when to reconcile again. */
@org.jspecify.annotations.NullMarked
package dev.lethe.operator.reconcile;
