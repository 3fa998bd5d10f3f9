/** The operator: observes the cluster, lets the planners plan, and carries out their plans. */
@org.jspecify.annotations.NullMarked
package dev.lethe.operator;
