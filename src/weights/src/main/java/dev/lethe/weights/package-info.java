/** weights. */
package dev.lethe.weights;
