/** What every reconciliation needs: to create dependents, to write a status, and to say when it runs again. */
@org.jspecify.annotations.NullMarked
package dev.lethe.operator.reconcile;
