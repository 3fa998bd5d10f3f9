/** The five kinds. */
@org.jspecify.annotations.NullMarked
package dev.lethe.api.resource;
