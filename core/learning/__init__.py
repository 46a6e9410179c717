"""What every network shares: the loop, schedules, layers, backbones, views of pictures and rows, scaling, critics and bounds."""
