"""What a library costs that is larger than memory."""
