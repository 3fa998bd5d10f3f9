package dev.lethe.operator.progress;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.BinaryOperator;

/** A thread-safe cache of bounded size: a new key evicts the oldest. */
final class BoundedCache<K, V> {
    private final int maxSize;
    private final Map<K, V> values = new LinkedHashMap<>();

    BoundedCache(int maxSize) {
        this.maxSize = maxSize;
    }

    synchronized Optional<V> get(K key) {
        return Optional.ofNullable(values.get(key));
    }

    /** Stores the value, with the key as the newest. */
    synchronized void put(K key, V value) {
        values.remove(key);
        values.put(key, value);
        evict();
    }

    /** Stores the value, or combines it with the present one; a present key keeps its age. */
    synchronized void merge(K key, V value, BinaryOperator<V> with) {
        values.merge(key, value, with);
        evict();
    }

    private void evict() {
        if (values.size() > maxSize) {
            values.remove(values.keySet().iterator().next());
        }
    }
}
