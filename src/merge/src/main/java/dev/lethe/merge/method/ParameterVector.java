package dev.lethe.merge.method;

import dev.lethe.merge.safetensors.Dtype;
import dev.lethe.merge.safetensors.TensorInfo;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Objects;
import java.util.TreeMap;

/** Several tensors, flattened and concatenated, as one. */
public final class ParameterVector implements TensorSource {
    private final TensorInfo info;
    private final NavigableMap<Long, TensorSource> byStart = new TreeMap<>();

    public ParameterVector(List<TensorSource> parts) {
        long size = 0;
        for (TensorSource part : parts) {
            if (part.size() > 0) {
                byStart.put(size, part);
                size += part.size();
            }
        }
        info = TensorInfo.of(Dtype.F32, size);
    }

    @Override
    public TensorInfo info() {
        return info;
    }

    @Override
    public long bytes() {
        return byStart.values().stream().mapToLong(TensorSource::bytes).sum();
    }

    @Override
    public void read(long first, float[] target, int count) {
        Objects.checkFromIndexSize(first, count, size());
        float[] part = target;
        for (int done = 0; done < count; ) {
            Map.Entry<Long, TensorSource> at = byStart.floorEntry(first + done);
            long within = first + done - at.getKey();
            int length = (int) Math.min(count - done, at.getValue().size() - within);
            if (done == 0) {
                at.getValue().read(within, target, length);
            } else {
                part = part == target ? new float[count] : part;
                at.getValue().read(within, part, length);
                System.arraycopy(part, 0, target, done, length);
            }
            done += length;
        }
    }
}
