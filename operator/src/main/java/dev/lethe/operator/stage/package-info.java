/** Reconciles a stage: observes its Jobs and pods, plans, and carries the plan out. All stage kinds share this. */
@org.jspecify.annotations.NullMarked
package dev.lethe.operator.stage;
