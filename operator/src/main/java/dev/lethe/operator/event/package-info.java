/** Kubernetes events: what changed, for people who look at an object. */
@org.jspecify.annotations.NullMarked
package dev.lethe.operator.event;
