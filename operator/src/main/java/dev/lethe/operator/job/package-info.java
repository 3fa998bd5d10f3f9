/** Reconciles a job: observes its stages, plans, and carries the plan out. */
@org.jspecify.annotations.NullMarked
package dev.lethe.operator.job;
