/** Probes of Kubernetes: has the operator started, and is it ready. */
@org.jspecify.annotations.NullMarked
package dev.lethe.operator.health;
