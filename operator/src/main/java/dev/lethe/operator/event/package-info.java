/** Kubernetes events: what changed on an object, for people. */
@org.jspecify.annotations.NullMarked
package dev.lethe.operator.event;
