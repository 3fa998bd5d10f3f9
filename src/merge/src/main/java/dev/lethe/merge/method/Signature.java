package dev.lethe.merge.method;

import dev.lethe.catalog.Catalog;
import dev.lethe.catalog.MethodDescriptor;
import dev.lethe.catalog.MethodDescriptor.Base;
import dev.lethe.catalog.Option;
import dev.lethe.catalog.Semantics;
import java.util.List;

/**
 * What a method takes, and how it goes over its inputs.
 *
 * @param descriptor what users know of it
 * @param passes how often it reads its inputs, at most
 * @param wholeRows whether it works row by row
 */
public record Signature(MethodDescriptor descriptor, int passes, boolean wholeRows) {
    /** Of the method that has this name under these semantics; it reads its inputs once. */
    static Signature of(String name, Semantics semantics) {
        MethodDescriptor descriptor = Catalog.METHODS.all().stream()
                .filter(it -> it.name().equals(name) && it.semantics().contains(semantics))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no descriptor of " + name + " of " + semantics.text()));
        return new Signature(descriptor, 1, false);
    }

    Signature passes(int count) {
        return new Signature(descriptor, count, wholeRows);
    }

    Signature rows() {
        return new Signature(descriptor, passes, true);
    }

    public String name() {
        return descriptor.name();
    }

    public Base base() {
        return descriptor.base();
    }

    public List<Option> options() {
        return descriptor.options();
    }
}
